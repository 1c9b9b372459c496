using FineTune.Engine;
using FineTune.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Transfer.Heads;

/// <summary>
/// s cos(x, w_k): a class is a direction, how long the features are does not matter (Gidaris and Komodakis 2018). The scale s is
/// learned. [N, features] -> [N, classes].
/// </summary>
internal sealed class CosineHead : ExplicitModule
{
    private const float FirstScale = 10; // Gidaris and Komodakis 2018, 4.1

    /// <summary>Keeps the length of zero features from 0.</summary>
    public const double Eps = 1e-12;

    private readonly Parameter _weight;
    private readonly Parameter _scale;

    public CosineHead(long features, long classes)
        : base(nameof(CosineHead))
    {
        using var like = nn.Linear(features, classes, hasBias: false);
        using var initial = like.weight.detach();
        register_parameter("weight", _weight = new Parameter(initial.clone()));
        register_parameter("scale", _scale = new Parameter(TensorArithmetic.Full(FirstScale, [1])));
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = input / input.Power(2).sum(1, keepdim: true).Plus(Eps).sqrt();
        var w = _weight / _weight.Power(2).sum(1, keepdim: true).Plus(Eps).sqrt();
        return (x.mm(w.t()) * _scale).MoveToOuterDisposeScope();
    }
}
