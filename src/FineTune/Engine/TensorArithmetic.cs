using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Engine;

/// <summary>
/// Tensors and numbers. TorchSharp's own operators make a Scalar that nothing holds while libtorch reads it: the garbage
/// collector may free it first, and the operation fails ("Expected false to be true, but got false") or computes with another
/// number. Here it is held, and then freed. A sum of two tensors is among these: TorchSharp passes on a factor of 1.
/// </summary>
internal static class TensorArithmetic
{
    private static readonly Scalar One = 1;

    /// <summary>x + y.</summary>
    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, One);

    /// <summary>x becomes x + 1, of whole numbers.</summary>
    public static Tensor Increment(this Tensor x) => x.add_(One);

    /// <summary>x + c.</summary>
    public static Tensor Plus(this Tensor x, double c)
    {
        using Scalar held = c;
        return x.add(held, One);
    }

    /// <summary>c x.</summary>
    public static Tensor Times(this Tensor x, double c)
    {
        using Scalar held = c;
        return x.mul(held);
    }

    /// <summary>c x, of whole numbers.</summary>
    public static Tensor Times(this Tensor x, long c)
    {
        using Scalar held = c;
        return x.mul(held);
    }

    /// <summary>x / c.</summary>
    public static Tensor Over(this Tensor x, double c)
    {
        using Scalar held = c;
        return x.div(held);
    }

    /// <summary>x^c.</summary>
    public static Tensor Power(this Tensor x, double c)
    {
        using Scalar held = c;
        return x.pow(held);
    }

    /// <summary>c where x is less.</summary>
    public static Tensor AtLeast(this Tensor x, double c)
    {
        using Scalar held = c;
        return x.clamp_min(held);
    }

    /// <summary>c where x is more.</summary>
    public static Tensor AtMost(this Tensor x, double c)
    {
        using Scalar held = c;
        return x.clamp_max(held);
    }

    /// <summary>Whether x is more than c.</summary>
    public static Tensor IsAbove(this Tensor x, double c)
    {
        using Scalar held = c;
        return x.gt(held);
    }

    /// <summary>x, and c x where x is below 0.</summary>
    public static Tensor LeakyRelu(this Tensor x, double c)
    {
        using Scalar held = c;
        return x.leaky_relu(held);
    }

    /// <summary>The same in place.</summary>
    public static Tensor LeakyReluInPlace(this Tensor x, double c)
    {
        using Scalar held = c;
        return x.leaky_relu_(held);
    }

    /// <summary>x += y.</summary>
    public static Tensor Add(this Tensor x, Tensor y) => x.add_(y, One);

    /// <summary>x += c y.</summary>
    public static Tensor Add(this Tensor x, Tensor y, double c)
    {
        using Scalar held = c;
        return x.add_(y, held);
    }

    /// <summary>x *= c.</summary>
    public static Tensor Scale(this Tensor x, double c)
    {
        using Scalar held = c;
        return x.mul_(held);
    }

    /// <summary>x /= c.</summary>
    public static Tensor Divide(this Tensor x, double c)
    {
        using Scalar held = c;
        return x.div_(held);
    }

    /// <summary>x, held within low and high.</summary>
    public static Tensor Clamp(this Tensor x, double low, double high)
    {
        using Scalar least = low, most = high;
        return x.clamp_(least, most);
    }

    /// <summary>A new tensor of one number.</summary>
    /// <param name="c">The number.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="dtype">Its type; null: float32.</param>
    /// <param name="device">Where it is; null: the CPU.</param>
    public static Tensor Full(double c, ReadOnlySpan<long> shape, ScalarType? dtype = null, Device? device = null)
    {
        using Scalar held = c;
        return full(shape, held, dtype ?? ScalarType.Float32, device);
    }
}
