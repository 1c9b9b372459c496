namespace FineTune.Weights;

/// <summary>What the values of a weight tensor have to be, so that a network computes with them.</summary>
public static class WeightValues
{
    private const float Largest = 1e19f; // the square of a larger one is infinite in single precision

    /// <summary>What is wrong with a tensor's values, as a clause that names it; null where nothing is.</summary>
    /// <param name="name">Its name in the state dict: a running_var is a variance, and not below 0.</param>
    /// <param name="data">Its values; whole numbers are never wrong.</param>
    public static string? Problem(string name, TensorData data)
    {
        if (data.Type is not (TensorType.Float16 or TensorType.BFloat16 or TensorType.Float32 or TensorType.Float64))
            return null;
        var (infinite, largest, least) = (0L, 0f, 0f);
        foreach (var value in data.ToFloats())
        {
            if (!float.IsFinite(value))
                infinite++;
            largest = Math.Max(largest, Math.Abs(value));
            least = Math.Min(least, value);
        }

        if (infinite > 0)
            return $"{infinite} of the {data.Count} values of '{name}' are not finite (NaN or infinity)";
        if (largest > Largest)
            return FormattableString.Invariant($"'{name}' has a value of {largest:0.#e+0}, whose square overflows");
        return least < 0 && name.EndsWith("running_var", StringComparison.Ordinal) ? $"'{name}' is a variance and has values below 0" : null;
    }
}
