using FineTune.Engine;
using FineTune.Models;
using FineTune.Regularize;

namespace FineTune.Evaluate;

/// <summary>
/// Predictions by draws (Gal and Ghahramani 2016): the mean probability over passes in which the layers of the dropout family
/// draw as in training, while batch norm stays in inference mode. The draws are a function of seed, pass and batch.
/// </summary>
/// <param name="Passes">At least 1.</param>
/// <param name="Seed">Decides the draws.</param>
public sealed record MonteCarlo(int Passes, long Seed)
{
    /// <summary>Sets a network's stochastic layers, and no others, to training.</summary>
    /// <param name="network">In inference mode.</param>
    /// <exception cref="FineTuneException">It has none, or the passes are out of range.</exception>
    public void Prepare(Network network)
    {
        CheckPasses();
        var layers = StochasticLayer.In(network);
        if (layers.Count == 0)
        {
            throw new FineTuneException($"--mc averages over draws of stochastic layers, but '{network.GetName()}' was trained with none; "
                + "see `finetune list regularizers`.");
        }
        foreach (var layer in layers)
            layer.train();
    }

    /// <summary>Refuses a number of passes that is out of range.</summary>
    /// <exception cref="FineTuneException">It is.</exception>
    internal void CheckPasses()
    {
        if (Passes is < 1 or > 100_000)
            throw new FineTuneException($"--mc is {Passes}; 1 to 100000 passes are allowed.");
    }

    /// <summary>Seeds the engine for one pass over one batch.</summary>
    internal void Begin(int pass, long batch) =>
        Seeding.Seed(new RandomKey(Seed, pass, batch, RandomUse.Dropout).ToSeed());
}
