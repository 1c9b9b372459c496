using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>What normalisations by running statistics share.</summary>
public abstract class NormBase : Module<Tensor, Tensor>
{
    private Parameter _weight;
    private Parameter _bias;
    private Tensor _mean;
    private Tensor _var;
    private Tensor _batches;

    private protected NormBase(string name, long features, double eps, double? momentum, Device? device, ScalarType? dtype)
        : base(name)
    {
        (num_features, this.eps, this.momentum) = (features, eps, momentum);
        register_parameter("weight", _weight = new Parameter(ones([features], dtype, device)));
        register_parameter("bias", _bias = new Parameter(zeros([features], dtype, device)));
        register_buffer("running_mean", _mean = zeros([features], dtype, device));
        register_buffer("running_var", _var = ones([features], dtype, device));
        register_buffer("num_batches_tracked", _batches = zeros([], ScalarType.Int64, device));
    }

    public long num_features { get; }

    public double eps { get; set; }

    public double? momentum { get; set; }

    public bool affine => true;

    public bool track_running_stats => true;

    public Parameter weight
    {
        get => _weight;
        set => register_parameter("weight", _weight = value);
    }

    public Parameter bias
    {
        get => _bias;
        set => register_parameter("bias", _bias = value);
    }

    public Tensor running_mean
    {
        get => _mean;
        set => register_buffer("running_mean", _mean = value);
    }

    public Tensor running_var
    {
        get => _var;
        set => register_buffer("running_var", _var = value);
    }

    public Tensor num_batches_tracked
    {
        get => _batches;
        set => register_buffer("num_batches_tracked", _batches = value);
    }

    public void reset_running_stats()
    {
        _mean.zero_();
        _var.fill_(1);
        _batches.zero_();
    }

    public void reset_parameters()
    {
        reset_running_stats();
        init.ones_(_weight);
        init.zeros_(_bias);
    }
}

public abstract class BatchNorm : NormBase
{
    private protected BatchNorm(string name, long features, double eps, double? momentum, Device? device, ScalarType? dtype)
        : base(name, features, eps, momentum, device, dtype)
    {
    }

    /// <summary>By the batch's statistics in training, by the running ones else.</summary>
    public override Tensor forward(Tensor input)
    {
        var factor = momentum;
        if (training)
        {
            num_batches_tracked.add_(1);
            factor ??= 1.0 / num_batches_tracked.item<long>();
        }

        return functional.batch_norm(input, running_mean, running_var, weight, bias, training, factor ?? 0, eps);
    }
}

/// <summary>Over [N, C, H, W], a mean and a variance a channel.</summary>
public sealed class BatchNorm2d : BatchNorm
{
    internal BatchNorm2d(long features, double eps, double? momentum, Device? device, ScalarType? dtype)
        : base(nameof(BatchNorm2d), features, eps, momentum, device, dtype)
    {
    }
}

/// <summary>Over [N, C] or [N, C, L], a mean and a variance a channel.</summary>
public sealed class BatchNorm1d : BatchNorm
{
    internal BatchNorm1d(long features, double eps, double? momentum, Device? device, ScalarType? dtype)
        : base(nameof(BatchNorm1d), features, eps, momentum, device, dtype)
    {
    }
}
