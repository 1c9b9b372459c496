namespace FineTune.Weights;

/// <summary>Arithmetic on shapes that a stranger wrote: every product is checked.</summary>
internal static class Shapes
{
    /// <summary>The bytes of a tensor, or null where a size is negative or the product exceeds 63 bits.</summary>
    public static long? Bytes(TensorType type, ReadOnlySpan<long> shape)
    {
        var count = Count(shape);
        return count > long.MaxValue / type.Size() ? null : count * type.Size();
    }

    /// <summary>The number of elements, or null where a size is negative or the product exceeds 63 bits.</summary>
    public static long? Count(ReadOnlySpan<long> shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            if (size < 0 || (size > 0 && count > long.MaxValue / size))
                return null;
            count *= size;
        }

        return count;
    }

    /// <summary>"[64, 3, 7, 7]"; "[]" for a scalar.</summary>
    public static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
