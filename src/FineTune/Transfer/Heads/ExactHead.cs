using FineTune.Engine;
using FineTune.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Transfer.Heads;

/// <summary>
/// The linear head that fits frozen features best: logistic regression to convergence, its penalty chosen by cross-validation; of many
/// features the least-squares head, whose scores are scaled to likelihoods. The end of the first phase of linear probing then
/// fine-tuning (Kumar et al. 2022).
/// </summary>
/// <param name="Method">logistic or ridge.</param>
/// <param name="Penalty">The penalty, in units of the features' mean variance.</param>
/// <param name="Top1">
/// Accuracy on training images that were held out in turn, in 0..1; NaN where the penalty was given, or a class has one image.
/// </param>
/// <param name="Nll">Their negative log-likelihood; NaN as above.</param>
public sealed record ExactHead(string Method, double Penalty, double Top1, double Nll)
{
    // Where a class has one image, nothing can be held out: strong enough for features of unit variance, and few images.
    private const double UnheldPenalty = 0.01;

    // Multiplications of one pass over the features, beyond which the passes of logistic regression would take minutes.
    private const double LargestPass = 3e7;

    /// <summary>Whether a network's head is one matrix, and so can be fitted.</summary>
    /// <param name="network">The network.</param>
    public static bool Fits(Network network) =>
        network.Head.NamedModules().Where(m => m.Module.parameters(recurse: false).Any()).ToArray() is [{ Module: Linear }];

    /// <summary>Fits a head and puts it into a network.</summary>
    /// <param name="network">Its head is one matrix.</param>
    /// <param name="features">[n, d]: what the head sees of the training images.</param>
    /// <param name="labels">[n].</param>
    /// <param name="penalty">The penalty; null: chosen by cross-validation.</param>
    /// <exception cref="FineTuneException">The head is no matrix, or the features are not finite, or all alike.</exception>
    public static ExactHead Install(Network network, Tensor features, long[] labels, double? penalty = null)
    {
        if (!Fits(network) || features.dim() != 2)
        {
            throw new FineTuneException(
                $"The head of '{network.GetName()}' is not one matrix, so head.init exact cannot fit it; leave head.init at default.");
        }

        var (head, weight, bias) = Fit(features, labels, (int)network.Classes, penalty ?? (CanHoldOut(labels) ? null : UnheldPenalty));
        using (weight)
        using (bias)
        using (no_grad())
        {
            var linear = network.HeadLinear;
            linear.weight.copy_(weight);
            linear.bias?.copy_(bias);
        }

        return head;
    }

    private static bool CanHoldOut(long[] labels) => labels.CountBy(l => l).All(c => c.Value > 1);

    private static (ExactHead Head, Tensor Weight, Tensor Bias) Fit(Tensor features, long[] labels, int classes, double? penalty)
    {
        if ((double)features.shape[0] * features.shape[1] * classes > LargestPass)
            return FitRidge(features, labels, classes, penalty);
        using var head = new LogisticHead(features, labels, classes);
        var chosen = penalty is { } given ? new LogisticScore(given, double.NaN, double.NaN) : head.Choose();
        var (weight, bias) = head.Fit(chosen.Penalty);
        return (new ExactHead("logistic", chosen.Penalty, chosen.Top1, chosen.Nll), weight, bias);
    }

    private static (ExactHead Head, Tensor Weight, Tensor Bias) FitRidge(Tensor features, long[] labels, int classes, double? penalty)
    {
        using var head = new RidgeHead(features, labels, classes);
        var chosen = penalty is { } given ? new RidgeScore(given, double.NaN, double.NaN) : head.Choose();
        var (scale, nll) = head.Calibrate(chosen.Penalty);
        var (weight, bias) = head.Fit(chosen.Penalty);
        using (weight)
        using (bias)
        {
            return (new ExactHead("ridge", chosen.Penalty, chosen.Top1, penalty is null ? nll : double.NaN),
                weight.Times(scale), bias.Times(scale));
        }
    }
}
