using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>What the families share: a body of stages, then global average pooling, dropout and one linear layer.</summary>
internal abstract class ZooModel : nn.Module
{
    private readonly string _headKey;
    private readonly Dropout _dropout = nn.Dropout(0);
    private nn.Module<Tensor, Tensor>? _head;

    protected ZooModel(string name, string headKey)
        : base(name) => _headKey = headKey;

    /// <summary>Adds the head and names the stages.</summary>
    protected Network Finish(long features, int classes, Preprocessing preprocessing, params IEnumerable<Stage> body)
    {
        register_module("dropout", _dropout);
        SetHead(nn.Linear(features, classes));
        return new Network(name, this, [.. body, new Stage("head", this, ["dropout", _headKey], Head)], preprocessing, SetHead);
    }

    private void SetHead(nn.Module<Tensor, Tensor> head)
    {
        _head?.Dispose();
        register_module(_headKey, _head = head);
    }

    private Tensor Head(Tensor x) // [N, C, h, w] -> [N, classes]
    {
        var pooled = nn.functional.adaptive_avg_pool2d(x, 1);
        return pooled.Replace(pooled.flatten(1)).Into(_dropout).Into(_head!);
    }
}
