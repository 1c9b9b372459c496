using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>What convolutions share: weight [out, in / groups, ...kernel], bias [out].</summary>
public abstract class Convolution : Module<Tensor, Tensor>
{
    protected Parameter _weight;
    protected Parameter? _bias;

    private protected Convolution(string name, long inChannels, long outChannels, long[] kernel, long[] stride, long[] padding, long[] dilation, long groups, bool bias, Device? device, ScalarType? dtype)
        : base(name)
    {
        (in_channels, out_channels, kernel_size, this.stride, this.padding, this.dilation, this.groups) = (inChannels, outChannels, kernel, stride, padding, dilation, groups);
        _weight = new Parameter(empty([outChannels, inChannels / groups, .. kernel], dtype, device));
        register_parameter("weight", _weight);
        if (bias)
        {
            _bias = new Parameter(empty([outChannels], dtype, device));
            register_parameter("bias", _bias);
        }

        reset_parameters();
    }

    public Parameter weight
    {
        get => _weight;
        set => register_parameter("weight", _weight = value);
    }

    public Parameter? bias
    {
        get => _bias;
        set => register_parameter("bias", (_bias = value)!);
    }

    public long in_channels { get; }

    public long out_channels { get; }

    public long groups { get; set; }

    public long[] kernel_size { get; set; }

    public long[] stride { get; set; }

    public long[] padding { get; }

    public long[] dilation { get; set; }

    /// <summary>PyTorch's: U(-1/sqrt(fan_in), 1/sqrt(fan_in)) for both.</summary>
    public void reset_parameters()
    {
        init.kaiming_uniform_(_weight, Math.Sqrt(5));
        if (_bias is not null)
        {
            var bound = 1 / Math.Sqrt(init.CalculateFanInAndFanOut(_weight).fanIn);
            init.uniform_(_bias, -bound, bound);
        }
    }
}

/// <summary>[N, in, H, W] -> [N, out, H', W'].</summary>
public sealed class Conv2d : Convolution
{
    internal Conv2d(long inChannels, long outChannels, long[] kernel, long[] stride, long[] padding, long[] dilation, long groups, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(Conv2d), inChannels, outChannels, kernel, stride, padding, dilation, groups, bias, device, dtype)
    {
    }

    public override Tensor forward(Tensor input) => functional.conv2d(input, _weight, _bias, stride, padding, dilation, groups);
}
