using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FineTune.Models;
using static TorchSharp.torch;

namespace FineTune.Benchmarks;

/// <summary>
/// A network in both memory layouts, in turns in one process: the time of forward and backward pass in training, and of the stages
/// below the head in evaluation, as they are and with batch norms folded. Prints one line of JSON, medians in milliseconds.
/// </summary>
internal static class LayoutStep
{
    /// <summary>Args: the model, the input's side, the batch, the engine's threads, the turns.</summary>
    public static void Run(string[] args)
    {
        var (model, numbers) = (args[0], args[1..].Select(a => int.Parse(a, CultureInfo.InvariantCulture)).ToArray());
        var (size, batch, turns) = (numbers[0], numbers[1], numbers[3]);
        set_num_threads(numbers[2]);
        using var network = Zoo.Create(model, 10, 0, size);
        using var images = rand([batch, 3, size, size]);
        using var labels = tensor([.. Enumerable.Range(0, batch).Select(k => k % 10L)]);
        var ways = new (string Name, MemoryLayout Layout, Action Run)[]
        {
            ("train_nchw", MemoryLayout.Nchw, () => Learn(network, images, labels)),
            ("train_channels_last", MemoryLayout.ChannelsLast, () => Learn(network, images, labels)),
            ("eval_nchw", MemoryLayout.Nchw, () => Look(network, images, fold: false)),
            ("eval_nchw_folded", MemoryLayout.Nchw, () => Look(network, images, fold: true)),
            ("eval_channels_last_folded", MemoryLayout.ChannelsLast, () => Look(network, images, fold: true)),
        };
        var times = ways.ToDictionary(w => w.Name, _ => new List<double>());
        for (var turn = 0; turn <= turns; turn++)
        {
            foreach (var (name, layout, run) in ways)
            {
                network.Numerics = new Numerics(Precision.Float32, layout);
                var start = Stopwatch.GetTimestamp();
                run();
                if (turn > 0) // the first warms up
                    times[name].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        Console.WriteLine(JsonSerializer.Serialize(times.ToDictionary(t => t.Key, t => t.Value.Order().ElementAt(t.Value.Count / 2))));
    }

    private static void Learn(Network network, Tensor images, Tensor labels)
    {
        using var scope = NewDisposeScope();
        network.train();
        network.zero_grad();
        nn.functional.cross_entropy(network.call(images), labels).backward();
    }

    /// <summary>A folded form is made anew each time, as it is for each pass over a set of images.</summary>
    private static void Look(Network network, Tensor images, bool fold)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        network.eval();
        var end = network.Stages.Count - 1;
        if (!fold)
        {
            network.Through(0, end, images).Dispose();
            return;
        }

        var owned = new List<IDisposable>();
        network.Numerics.Run(images, network.Folded(0, end, owned)).Dispose();
        owned.ForEach(o => o.Dispose());
    }
}
