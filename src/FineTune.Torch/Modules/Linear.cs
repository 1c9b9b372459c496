using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>x W' + b: [N, in] -> [N, out].</summary>
public sealed class Linear : Module<Tensor, Tensor>
{
    private Parameter _weight;
    private Parameter? _bias;

    internal Linear(long inputs, long outputs, bool hasBias, Device? device, ScalarType? dtype)
        : base(nameof(Linear))
    {
        (in_features, out_features) = (inputs, outputs);
        register_parameter("weight", _weight = new Parameter(empty([outputs, inputs], dtype, device)));
        init.kaiming_uniform_(_weight, Math.Sqrt(5));
        if (hasBias)
        {
            register_parameter("bias", _bias = new Parameter(empty([outputs], dtype, device)));
            var bound = 1 / Math.Sqrt(inputs);
            init.uniform_(_bias, -bound, bound);
        }
    }

    public long in_features { get; set; }

    public long out_features { get; set; }

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

    public override Tensor forward(Tensor tensor) => functional.linear(tensor, _weight, _bias);
}
