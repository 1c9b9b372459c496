using System.Diagnostics;
using System.Globalization;
using FineTune.Models;
using FineTune.Optimize;
using FineTune.Optimize.Schedules;
using FineTune.Transfer;
using static TorchSharp.torch;

namespace FineTune.Benchmarks;

/// <summary>
/// Training steps of ResNet-18 from scratch, 224 x 224, SGD with momentum, as the training loop takes them; in turns
/// (<see cref="Turns"/>).
/// </summary>
internal static class TrainingStep
{
    private const int Classes = 1000;
    private const double Lr = 0.001;

    /// <summary>Args: the batch (default 16), the engine's threads (default 2), precision, layout (default float32 nchw).</summary>
    public static void Run(string[] args)
    {
        var batch = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 16;
        set_num_threads(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2);
        using var network = Zoo.Create("resnet18", Classes);
        var (precision, layout) = (args.ElementAtOrDefault(2), args.ElementAtOrDefault(3));
        network.Numerics = Numerics.Open(precision ?? Numerics.Default.PrecisionName, layout ?? Numerics.Default.LayoutName, network)[0];
        using var vector = new ParameterVector(network);
        using var optimizer = Optimizers.Create(
            new NamedSpec("sgd", new Dictionary<string, object?> { ["lr"] = Lr, ["momentum"] = 0.9 }),
            vector,
            network.Stages.Count - 1,
            new Horizon(1, 1, batch));
        using var images = rand([batch, 3, 224, 224]);
        using var labels = tensor([.. Enumerable.Range(0, batch).Select(k => (long)k)]);
        var line = FreezeLine.Parse(network, FreezeLine.All);
        line.Train();
        Turns.Answer(() => Step(line, vector, optimizer, images, labels));
    }

    private static double Step(FreezeLine line, ParameterVector vector, Optimizer optimizer, Tensor images, Tensor labels)
    {
        var start = Stopwatch.GetTimestamp();
        using var scope = NewDisposeScope();
        Evaluate(line, vector, images, labels);
        optimizer.Step(Lr, () => Evaluate(line, vector, images, labels));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Evaluate(FreezeLine line, ParameterVector vector, Tensor images, Tensor labels)
    {
        vector.ZeroGradient();
        var logits = line.Forward(images); // [N, classes]
        var loss = nn.functional.cross_entropy(logits, labels);
        loss.backward();
        _ = logits.argmax(1).eq(labels).sum().item<long>();
        return loss.item<float>();
    }
}
