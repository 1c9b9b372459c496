using FineTune.Engine;
using FineTune.Models;
using static TorchSharp.torch;

namespace FineTune.Transfer;

/// <summary>
/// What lies below a freeze line, in inference form: batch norm folded into the convolutions. It never changes, so it is
/// built once, and checked against the layers it stands for when it is built.
/// </summary>
public sealed class FrozenPrefix : IDisposable
{
    /// <summary>The largest relative difference to the layers' own output that is accepted.</summary>
    public const double Tolerance = 1e-4;

    private readonly List<IDisposable> _owned = [];
    private readonly Func<Tensor, Tensor> _forward;

    /// <summary>Builds the prefix of a network.</summary>
    /// <param name="line">Where learning starts; above the first stage.</param>
    /// <exception cref="FineTuneException">The folded form differs from the layers' by more than <see cref="Tolerance"/>.</exception>
    public FrozenPrefix(FreezeLine line)
    {
        Line = line;
        var network = line.Network;
        network.eval();
        _forward = network.Folded(0, line.Stage, _owned);
        Difference = Check(network, line.Stage);
        if (!(Difference <= Tolerance))
        {
            throw new FineTuneException($"Folding batch norm into the convolutions of '{network.GetName()}' changed its output by "
                + $"{Difference:0.0e+0} relative; {Tolerance:0e+0} is accepted.");
        }
    }

    /// <summary>Where learning starts.</summary>
    public FreezeLine Line { get; }

    /// <summary>The relative difference to the layers' own output that was seen when it was built.</summary>
    public double Difference { get; }

    /// <summary>The output at the freeze line of images [N, 3, H, W], by the network's <see cref="Numerics"/>; no gradient.</summary>
    public Tensor Forward(Tensor images)
    {
        using var _ = no_grad();
        return Line.Network.Numerics.Run(images, _forward);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _owned)
            tensor.Dispose();
    }

    private double Check(Network network, int stage)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var generator = new Generator(1);
        var size = network.Preprocessing.InputSize;
        var images = randn([2, 3, size, size], ScalarType.Float32, CPU, false, generator).to(network.parameters().First().device);
        var expected = network.Layers(0, stage, images); // in single precision, whatever the network computes in
        var found = _forward(images);
        return ((found - expected).norm() / expected.norm().Plus(1e-12)).cpu().item<float>();
    }
}
