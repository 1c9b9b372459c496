using FineTune.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Transfer.Heads;

/// <summary>The largest and the mean of each channel: [N, C, h, w] -> [N, 2 C].</summary>
internal sealed class ConcatPool2d() : ExplicitModule(nameof(ConcatPool2d))
{
    public override Tensor forward(Tensor input)
    {
        using var largest = input.amax(2, 3);
        using var mean = input.mean([2, 3]);
        return cat([largest, mean], 1);
    }
}

/// <summary>
/// fastai's head (Howard and Gugger 2020): batch norm, dropout p / 2, a hidden layer with ReLU, batch norm, dropout p, and a
/// linear layer without bias: [N, features] -> [N, classes].
/// </summary>
internal sealed class ConcatPoolHead : ExplicitModule, IHeadDropout
{
    private readonly BatchNorm1d _bn1;
    private readonly Dropout _thin = nn.Dropout(0);
    private readonly Linear _hidden;
    private readonly BatchNorm1d _bn2;
    private readonly Dropout _dropout = nn.Dropout(0);
    private readonly Linear _out;

    public ConcatPoolHead(long features, long hidden, long classes)
        : base(nameof(ConcatPoolHead))
    {
        register_module("bn1", _bn1 = nn.BatchNorm1d(features));
        register_module("thin", _thin);
        register_module("hidden", _hidden = nn.Linear(features, hidden, hasBias: false));
        register_module("bn2", _bn2 = nn.BatchNorm1d(hidden));
        register_module("dropout", _dropout);
        register_module("out", _out = nn.Linear(hidden, classes, hasBias: false));
    }

    /// <summary>Sets the dropout before the last layer to p, in [0, 1), and the one before the hidden layer to p / 2.</summary>
    public void Drop(double p) => (_thin.p, _dropout.p) = (p / 2, p);

    public override Tensor forward(Tensor input)
    {
        using var normal = Normalise(_bn1, input);
        using var thinned = _thin.call(normal);
        using var hidden = _hidden.call(thinned);
        using var active = hidden.relu();
        using var normal2 = Normalise(_bn2, active);
        using var kept = _dropout.call(normal2);
        return _out.call(kept);
    }

    /// <summary>A single image has no variance of its own: it is normalised by the running statistics.</summary>
    private static Tensor Normalise(BatchNorm1d norm, Tensor x) => norm.training && x.size(0) == 1
        ? nn.functional.batch_norm(x, norm.running_mean, norm.running_var, norm.weight, norm.bias, training: false, eps: norm.eps)
        : norm.call(x);
}
