using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Models.Layers;

/// <summary>A fully connected layer on the last axis.</summary>
internal sealed record Dense(long In, long Out, bool Bias) : ModuleLayer
{
    public override bool OutputIsFree => true;

    public override long Parameters => (In * Out) + (Bias ? Out : 0);

    public override long[] Shape(IReadOnlyList<long[]> inputs) => [.. inputs[0][..^1], Out];

    public override long MultiplyAdds(IReadOnlyList<long[]> inputs, long[] output) => In * output.Aggregate(1L, (a, b) => a * b);

    public override nn.Module Make() => nn.Linear(In, Out, Bias);
}

/// <summary>Dropout of single values; with a probability of 0 until it is set.</summary>
/// <param name="Share">Of the probability that is set.</param>
internal sealed record Drop(double Share) : ModuleLayer
{
    public override nn.Module Make() => nn.Dropout(0);
}

/// <summary>
/// Batch normalization of vectors. A single image has no variance of its own: it is normalised by the running statistics.
/// </summary>
internal sealed record FeatureNorm(long Channels) : ModuleLayer
{
    public override long Parameters => 2 * Channels;

    public override nn.Module Make() => nn.BatchNorm1d(Channels);

    public override Tensor Run(nn.Module? module, Tensor[] x, bool inPlace) => module is BatchNorm1d { training: true } norm
        && x[0].size(0) == 1
        ? nn.functional.batch_norm(x[0], norm.running_mean, norm.running_var, norm.weight, norm.bias, training: false, eps: norm.eps)
        : base.Run(module, x, inPlace);
}

/// <summary>All values of an image in one axis.</summary>
internal sealed record Flat : Layer
{
    public override long[] Shape(IReadOnlyList<long[]> inputs) => [inputs[0].Aggregate(1L, (a, b) => a * b)];

    public override Tensor Run(nn.Module? module, Tensor[] x, bool inPlace) => x[0].flatten(1);
}
