namespace FineTune.Weights;

/// <summary>A tensor as a strided view of a storage, bounds already checked.</summary>
/// <param name="Storage">What it is a view of.</param>
/// <param name="Type">The element type.</param>
/// <param name="Offset">The first element, counted from the start of the storage's view.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Stride">Elements from one index to the next, for each dimension.</param>
internal sealed record PickleTensor(PickleStorage Storage, TensorType Type, long Offset, long[] Shape, long[] Stride)
{
    /// <summary>Elements; the product is known not to overflow.</summary>
    public long Count => Shapes.Count(Shape)!.Value;

    /// <summary>The first byte, counted from the start of the whole storage.</summary>
    public long FirstByte => (Storage.First * Storage.Type.Size()) + (Offset * Type.Size());

    /// <summary>Bytes when laid out row by row.</summary>
    public long Bytes => Count * Type.Size();

    /// <summary>True where the elements already lie row by row, without gaps.</summary>
    public bool IsContiguous
    {
        get
        {
            var step = 1L;
            for (var d = Shape.Length - 1; d >= 0; d--)
            {
                if (Shape[d] != 1 && Stride[d] != step)
                    return Count == 0;
                step *= Shape[d];
            }

            return true;
        }
    }
}
