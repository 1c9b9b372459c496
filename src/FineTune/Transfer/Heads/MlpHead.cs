using FineTune.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Transfer.Heads;

/// <summary>A hidden layer with ReLU, dropout, and a linear layer: [N, features] -> [N, classes].</summary>
internal sealed class MlpHead : ExplicitModule
{
    private readonly Linear _hidden;
    private readonly Dropout _dropout = nn.Dropout(0);
    private readonly Linear _out;

    public MlpHead(long features, long hidden, long classes)
        : base(nameof(MlpHead))
    {
        register_module("hidden", _hidden = nn.Linear(features, hidden));
        register_module("dropout", _dropout);
        register_module("out", _out = nn.Linear(hidden, classes));
    }

    public override Tensor forward(Tensor input)
    {
        using var hidden = _hidden.call(input);
        using var active = hidden.relu();
        using var kept = _dropout.call(active);
        return _out.call(kept);
    }
}
