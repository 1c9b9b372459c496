using FineTune.Engine;
using FineTune.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Transfer;

/// <summary>A tensor of a network, and the weights that it is to be given.</summary>
/// <param name="Name">Its name in both.</param>
/// <param name="Target">The network's.</param>
/// <param name="Data">The weights' values.</param>
internal sealed record WeightCopy(string Name, Tensor Target, TensorData Data)
{
    private long[]? _counts;

    /// <summary>True where values are read straight into the tensor's memory, by any thread.</summary>
    public bool IsDirect { get; } = Target is { dtype: ScalarType.Float32, device_type: DeviceType.CPU } && Target.is_contiguous();

    /// <summary>Whether it was checked and is a matrix or filters with nothing but 0; null for any other tensor.</summary>
    public bool? IsZeroMatrix { get; private set; }

    /// <summary>Reads all values, and refuses those that no network computes with.</summary>
    /// <param name="source">Where they are from, for the message.</param>
    /// <exception cref="WeightException">They are such, or cannot be read.</exception>
    public void Check(string source)
    {
        if (Target.dtype == ScalarType.Int64)
            _counts = Counts(source);
        else
            Check(source, default);
    }

    /// <summary>The same, and values of a direct copy are in the tensor's memory afterwards, also where this throws.</summary>
    public void Fill(string source)
    {
        if (!IsDirect)
        {
            Check(source);
        }
        else if (Data.Type == TensorType.Float32)
        {
            Check(source, TensorValues.Of<float>(Target)); // read once
        }
        else
        {
            Check(source);
            Direct();
        }
    }

    /// <summary>Reads the values into the tensor's memory.</summary>
    public void Direct() => Data.CopyTo(TensorValues.Of<float>(Target));

    /// <summary>Copies the values by way of a tensor of their own, which the engine converts or moves to the device.</summary>
    public void Converted()
    {
        var shape = Data.Shape.ToArray();
        using var values = _counts is null ? empty(shape) : tensor(_counts, shape);
        if (_counts is null)
            Data.CopyTo(TensorValues.Of<float>(values));
        Target.copy_(values);
    }

    private void Check(string source, Span<float> into)
    {
        if (WeightValues.Problem(Name, Data, into, out var allZero) is { } problem)
            throw new WeightException(source, $"{problem}; take weights from before the training that made them went wrong");
        IsZeroMatrix = Data.Shape.Count > 1 ? allZero : null;
    }

    /// <summary>
    /// Whole numbers, such as a batch norm's batches; files that were converted as a whole have them as floating-point numbers.
    /// </summary>
    private long[] Counts(string source)
    {
        const float Most = 1L << 53;
        if (Data.Type is not (TensorType.Float16 or TensorType.BFloat16 or TensorType.Float32 or TensorType.Float64))
            return Data.ToLongs();
        var values = Data.ToFloats();
        return values.All(v => Math.Abs(v) <= Most && v == MathF.Floor(v))
            ? Array.ConvertAll(values, v => (long)v)
            : throw new WeightException(source, $"'{Name}' is a count and holds {values[0]}; the file is damaged");
    }
}
