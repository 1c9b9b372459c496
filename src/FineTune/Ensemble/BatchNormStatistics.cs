using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Ensemble;

/// <summary>The running means and variances of a network's batch norms.</summary>
internal static class BatchNormStatistics
{
    /// <summary>Whether a network has any.</summary>
    public static bool In(Network network) => Norms(network).Any();

    /// <summary>
    /// Computes them anew, as averaged weights need it (Izmailov et al. 2018, section 3.2): one pass over training images, in which every
    /// batch counts the same, as PyTorch's swa_utils.update_bn. The network is left in inference mode.
    /// </summary>
    /// <param name="network">Its other layers stay in inference mode.</param>
    /// <param name="loader">Training images.</param>
    public static void Compute(Network network, Loader loader)
    {
        network.eval();
        using var _ = no_grad();
        var norms = Norms(network).ToArray();
        var momenta = norms.Select(n => n.momentum).ToArray();
        var device = network.parameters().First().device;
        foreach (var norm in norms)
            norm.train();
        var batches = 0;
        foreach (var batch in loader.Epoch(0))
        {
            using (batch)
            using (NewDisposeScope())
            {
                batches++;
                foreach (var norm in norms)
                    norm.momentum = 1.0 / batches; // the first batch replaces what was there
                network.call(Predictor.ToTensor(batch, device));
            }
        }

        foreach (var (norm, momentum) in norms.Zip(momenta))
            norm.momentum = momentum;
        network.eval();
    }

    private static IEnumerable<NormBase> Norms(Network network) => network.modules().OfType<NormBase>().Where(n => n.track_running_stats);
}
