using FineTune.Torch;

namespace TorchSharp;

/// <summary>A number of the type it was made from.</summary>
public sealed class Scalar : IDisposable
{
    private readonly double _real;
    private readonly long _integer;

    private Scalar(torch.ScalarType type, double real, long integer)
    {
        (Type, _real, _integer) = (type, real, integer);
    }

    public torch.ScalarType Type { get; }

    internal double Real => IsInteger ? _integer : _real;

    internal long Integer => IsInteger ? _integer : (long)_real;

    private bool IsInteger => Type is not (torch.ScalarType.Float64 or torch.ScalarType.Float32 or torch.ScalarType.Float16 or torch.ScalarType.BFloat16);

    public static implicit operator Scalar(byte value) => new(torch.ScalarType.Byte, 0, value);

    public static implicit operator Scalar(sbyte value) => new(torch.ScalarType.Int8, 0, value);

    public static implicit operator Scalar(short value) => new(torch.ScalarType.Int16, 0, value);

    public static implicit operator Scalar(int value) => new(torch.ScalarType.Int32, 0, value);

    public static implicit operator Scalar(long value) => new(torch.ScalarType.Int64, 0, value);

    public static implicit operator Scalar(float value) => new(torch.ScalarType.Float32, value, 0);

    public static implicit operator Scalar(double value) => new(torch.ScalarType.Float64, value, 0);

    public static implicit operator Scalar(bool value) => new(torch.ScalarType.Bool, 0, value ? 1 : 0);

    /// <summary>Holds nothing native here; the call is kept for code written for the package.</summary>
    public void Dispose()
    {
    }

    internal Arg ToArg() => Type == torch.ScalarType.Bool ? (Arg)(_integer != 0) : IsInteger ? (Arg)_integer : _real;
}
