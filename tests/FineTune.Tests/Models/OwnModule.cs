using FineTune.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Tests.Models;

/// <summary>A network as a user writes one, and its stages.</summary>
internal sealed class OwnModule : nn.Module<Tensor, Tensor>
{
    private readonly Sequential _features = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding: 1), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten());
    private readonly Linear _middle = nn.Linear(4, 5);
    private nn.Module<Tensor, Tensor> _top = nn.Linear(5, 3);

    public OwnModule()
        : base("own")
    {
        register_module("features", _features);
        register_module("middle", _middle);
        register_module("top", _top);
    }

    public override Tensor forward(Tensor input) => _top.call(_middle.call(_features.call(input)));

    /// <summary>The module with its stages: features, middle, top.</summary>
    public static Network Create() => Create(out _);

    /// <summary>The same, and the module itself.</summary>
    public static Network Create(out OwnModule module)
    {
        var own = module = new OwnModule();
        Stage[] stages = [new("features", own._features), new("middle", own._middle), new("top", () => [("top", own._top)])];
        return new Network("own", own, stages, Preprocessing.Cifar, own.ReplaceTop);
    }

    /// <summary>Some of its stages, and no way to replace its head.</summary>
    public static Network Create(params string[] stages)
    {
        var own = new OwnModule();
        return new Network("own", own, [.. stages.Select(s => new Stage(
            s, () => [(s, (nn.Module<Tensor, Tensor>)own.named_children().Single(c => c.name == s).module)]))], Preprocessing.Cifar);
    }

    private void ReplaceTop(nn.Module<Tensor, Tensor> top)
    {
        register_module("top", null!); // frees the name
        _top.Dispose();
        register_module("top", _top = top);
    }
}
