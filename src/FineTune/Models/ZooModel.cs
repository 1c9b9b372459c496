using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>What the families share: a body of stages, then global average pooling, dropout and one linear layer.</summary>
internal abstract class ZooModel : nn.Module
{
    private readonly string _headKey;
    private readonly AdaptiveAvgPool2d _pool = nn.AdaptiveAvgPool2d(1);
    private readonly Flatten _flatten = nn.Flatten();
    private readonly Dropout _dropout = nn.Dropout(0);
    private nn.Module<Tensor, Tensor>? _head;

    protected ZooModel(string name, string headKey)
        : base(name) => _headKey = headKey;

    /// <summary>Looks at no field: what is registered is registered by name, as in <see cref="ExplicitModule"/>.</summary>
    protected sealed override void RegisterComponents()
    {
    }

    /// <summary>Adds pooling and head, and names the stages.</summary>
    protected Network Finish(long features, int classes, Preprocessing preprocessing, params IEnumerable<Stage> body)
    {
        register_module("dropout", _dropout);
        SetHead(nn.Linear(features, classes));
        Stage[] end =
        [
            new("pool", () => [("pool", _pool), ("flatten", _flatten)]), // [N, C, h, w] -> [N, C]
            new("head", () => [("dropout", _dropout), (_headKey, _head!)]), // [N, C] -> [N, classes]
        ];
        return new Network(GetName(), this, [.. body, .. end], preprocessing, SetHead);
    }

    private void SetHead(nn.Module<Tensor, Tensor> head)
    {
        register_module(_headKey, null!); // a name is free again once nothing is registered under it
        _head?.Dispose();
        register_module(_headKey, _head = head);
    }
}
