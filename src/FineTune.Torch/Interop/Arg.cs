using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Torch;

/// <summary>One argument of an operator, on the managed side. Converts from what the API takes.</summary>
internal readonly struct Arg
{
    private Arg(Tag tag, long bits = 0, object? reference = null)
    {
        (Tag, Bits, Reference) = (tag, bits, reference);
    }

    public Tag Tag { get; }

    public long Bits { get; }

    public object? Reference { get; }

    public static Arg None => new(Tag.None);

    public static Arg Default => new(Tag.Default);

    public static implicit operator Arg(Tensor? tensor) => tensor is null ? None : new Arg(Tag.Tensor, 0, tensor);

    public static implicit operator Arg(long value) => new(Tag.Int, value);

    public static implicit operator Arg(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Arg(bool value) => new(Tag.Bool, value ? 1 : 0);

    public static implicit operator Arg(string? value) => value is null ? None : new Arg(Tag.String, 0, value);

    public static implicit operator Arg(long[]? values) => values is null ? None : new Arg(Tag.IntList, 0, values);

    public static implicit operator Arg(double[]? values) => values is null ? None : new Arg(Tag.DoubleList, 0, values);

    public static implicit operator Arg(Tensor[] values) => new(Tag.TensorList, 0, values);

    public static implicit operator Arg(ScalarType type) => new(Tag.Int, (long)type);

    public static implicit operator Arg(ScalarType? type) => type is { } t ? t : None;

    public static implicit operator Arg(long? value) => value is { } v ? v : None;

    public static implicit operator Arg(Device? device) => device is null ? None : new Arg(Tag.Device, (long)device.type, device);

    public static implicit operator Arg(Generator? generator) => generator is null ? None : new Arg(Tag.Generator, 0, generator);

    public static implicit operator Arg(Scalar? scalar) => scalar?.ToArg() ?? None;

    /// <summary>A list whose items may be null: what indexing takes.</summary>
    public static Arg Optional(Tensor?[] values) => new(Tag.OptionalTensorList, 0, values);
}
