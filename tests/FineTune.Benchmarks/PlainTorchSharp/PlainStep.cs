using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FineTune.Benchmarks.PlainTorchSharp;

/// <summary>
/// What <see cref="TrainingStep"/> measures, by TorchSharp and TorchVision alone: training steps of torchvision's ResNet-18 from
/// scratch, 224 x 224, float32, SGD with momentum; in turns (<see cref="Turns"/>). The twin of scripts/bench/peers/step.py.
/// </summary>
internal static class PlainStep
{
    /// <summary>Args: the batch (default 16), the engine's threads (default 2).</summary>
    public static void Run(string[] args)
    {
        var batch = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 16;
        set_num_threads(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2);
        manual_seed(0);
        using var model = torchvision.models.resnet18();
        model.train();
        using var optimizer = optim.SGD(model.parameters(), learningRate: 0.001, momentum: 0.9);
        using var images = rand(batch, 3, 224, 224);
        using var labels = arange(batch, ScalarType.Int64);
        Turns.Answer(() => Step(model, optimizer, images, labels));
    }

    private static double Step(Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor images, Tensor labels)
    {
        var start = Stopwatch.GetTimestamp();
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var logits = model.call(images);
        var loss = functional.cross_entropy(logits, labels);
        loss.backward();
        _ = (logits.argmax(1) == labels).sum().item<long>();
        _ = loss.item<float>();
        optimizer.step();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
