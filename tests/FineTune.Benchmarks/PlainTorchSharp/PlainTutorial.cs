using System.Globalization;
using FineTune.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FineTune.Benchmarks.PlainTorchSharp;

/// <summary>
/// The official PyTorch tutorial "Transfer Learning for Computer Vision" as a C# user writes it with TorchSharp and TorchVision, with
/// MobileNetV1 x0.25 in place of ResNet-18; one line of JSON. The twin of scripts/bench/peers/hymenoptera.py.
/// </summary>
/// <remarks>
/// Other than in Python: images come by <see cref="PhotoFolder"/> and <see cref="Views"/>, which say why; the loader's workers are threads
/// that make one batch, none ahead; its order is from System.Random (its seed would repeat one order in every epoch), so that the
/// seed decides the head's weights only; and weights are read by FineTune's reader, since TorchSharp reads a format of its own alone.
/// </remarks>
internal static class PlainTutorial
{
    /// <summary>Args: the data folder, the weights' file, head or all, the seed, epochs, the loader's workers.</summary>
    public static void Run(string[] args)
    {
        var (folder, weights, trainable) = (args[0], args[1], args[2]);
        var (seed, epochs, workers) = (Number(args[3]), Number(args[4]), Number(args[5]));
        set_num_threads(2);
        manual_seed(seed);
        using var trainData = new PhotoFolder(Path.Combine(folder, "train"), Views.Train());
        using var valData = new PhotoFolder(Path.Combine(folder, "val"), Views.Validate());
        using var trainLoader = torch.utils.data.DataLoader(trainData, 4, shuffle: true, num_worker: workers);
        using var valLoader = torch.utils.data.DataLoader(valData, 4, shuffle: true, num_worker: workers);

        using var model = new MobileNetV1(0.25, classes: 2);
        model.load_state_dict(ReadWeights(weights), skip: ["fc.weight", "fc.bias"]);
        if (trainable == "head") // "ConvNet as fixed feature extractor"
        {
            foreach (var (name, parameter) in model.named_parameters())
                parameter.requires_grad = name.StartsWith("fc.", StringComparison.Ordinal);
        }

        var trained = trainable == "head" ? model.fc.parameters() : model.parameters();
        using var optimizer = optim.SGD(trained, learningRate: 0.001, momentum: 0.9);
        var scheduler = optim.lr_scheduler.StepLR(optimizer, step_size: 7, gamma: 0.1);

        var (accuracy, best) = (0.0, 0.0);
        var bestWeights = new Dictionary<string, Tensor>();
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            model.train();
            Report(epoch, "train", Pass(model, trainLoader, optimizer));
            scheduler.step();
            model.eval();
            using (no_grad())
                accuracy = Report(epoch, "val", Pass(model, valLoader, null));
            if (accuracy <= best)
                continue;
            best = accuracy;
            foreach (var old in bestWeights.Values)
                old.Dispose();
            bestWeights = model.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        }

        Console.WriteLine(FormattableString.Invariant($$"""{"top1": {{accuracy}}, "best_top1": {{best}}}"""));
    }

    /// <summary>An epoch's mean loss and top-1; trains where there is an optimizer.</summary>
    private static (double Loss, double Top1) Pass(MobileNetV1 model, DataLoader loader, optim.Optimizer? optimizer)
    {
        using var criterion = CrossEntropyLoss();
        var (loss, right) = (0.0, 0L);
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            var (images, labels) = (batch["image"], batch["label"]);
            optimizer?.zero_grad();
            var outputs = model.call(images);
            var batchLoss = criterion.call(outputs, labels);
            if (optimizer is not null)
            {
                batchLoss.backward();
                optimizer.step();
            }

            loss += batchLoss.item<float>() * images.shape[0];
            right += (outputs.argmax(1) == labels).sum().item<long>();
        }

        return (loss / loader.dataset.Count, (double)right / loader.dataset.Count);
    }

    private static double Report(int epoch, string phase, (double Loss, double Top1) seen)
    {
        Console.Error.WriteLine(FormattableString.Invariant($"epoch {epoch} {phase} loss {seen.Loss:F4} top-1 {seen.Top1:F4}"));
        return seen.Top1;
    }

    private static Dictionary<string, Tensor> ReadWeights(string path) =>
        WeightFile.Read(path).ToDictionary(entry => entry.Key, entry => tensor(entry.Value.ToFloats()).reshape([.. entry.Value.Shape]));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
