using System.Runtime.InteropServices;

namespace FineTune.Weights;

/// <summary>What the values of a weight tensor have to be, so that a network computes with them.</summary>
public static class WeightValues
{
    private const float Largest = 1e19f; // the square of a larger one is infinite in single precision

    /// <summary>What is wrong with a tensor's values, as a clause that names it; null where nothing is.</summary>
    /// <param name="name">Its name in the state dict: a running_var is a variance, and not below 0.</param>
    /// <param name="data">Its values; whole numbers are never wrong. All are read, once, in small pieces.</param>
    /// <exception cref="WeightException">They cannot be read: the file was cut short or is damaged there.</exception>
    public static string? Problem(string name, TensorData data) => Problem(name, data, default, out _);

    /// <summary>The same, and float32 values stay where the caller wants them.</summary>
    /// <param name="name">Its name in the state dict.</param>
    /// <param name="data">Its values.</param>
    /// <param name="into">Where float32 values go, of their number; empty where they are only looked at.</param>
    /// <param name="allZero">Whether all are floating-point numbers and 0.</param>
    internal static string? Problem(string name, TensorData data, Span<float> into, out bool allZero)
    {
        var range = new ValueRange();
        var isFloat = data.Type is TensorType.Float32 or TensorType.Float16 or TensorType.BFloat16 or TensorType.Float64;
        if (data.Type == TensorType.Float32)
        {
            data.Scan(piece => range.Add(MemoryMarshal.Cast<byte, float>(piece)), MemoryMarshal.AsBytes(into));
        }
        else if (isFloat)
        {
            var size = data.Type.Size();
            var floats = new float[Math.Min(data.Count, Pieces.Size / size)];
            data.Scan(piece =>
            {
                var part = floats.AsSpan(0, piece.Length / size);
                TensorConversion.ToFloats(data.Type, piece, part);
                range.Add(part);
            });
        }
        else
        {
            data.Scan(_ => { });
        }

        allZero = isFloat && range is { Largest: 0, NotFinite: 0 };
        if (range.NotFinite > 0)
            return $"{range.NotFinite} of the {data.Count} values of '{name}' are not finite (NaN or infinity)";
        if (range.Largest > Largest)
            return FormattableString.Invariant($"'{name}' has a value of {range.Largest:0.#e+0}, whose square overflows");
        return range.HasNegative && name.EndsWith("running_var", StringComparison.Ordinal)
            ? $"'{name}' is a variance and has values below 0"
            : null;
    }
}
