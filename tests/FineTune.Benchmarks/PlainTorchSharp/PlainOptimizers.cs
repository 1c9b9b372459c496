using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Benchmarks.PlainTorchSharp;

/// <summary>
/// A step of TorchSharp's optimizers over the shapes of torchvision's ResNet-50, each a loop over the parameters in C#: TorchSharp
/// has no foreach variants. A line a rule: its name as FineTune spells it, and milliseconds. The twin of
/// scripts/bench/peers/optimizers.py.
/// </summary>
internal static class PlainOptimizers
{
    private const double Lr = 1e-6;
    private const int WarmUp = 3;

    private static readonly Dictionary<string, Func<IEnumerable<Parameter>, optim.Optimizer>> Rules = new()
    {
        ["sgd"] = w => optim.SGD(w, Lr),
        ["momentum"] = w => optim.SGD(w, Lr, momentum: 0.9),
        ["nesterov"] = w => optim.SGD(w, Lr, momentum: 0.9, nesterov: true),
        ["adagrad"] = w => optim.Adagrad(w, Lr),
        ["rmsprop"] = w => optim.RMSProp(w, Lr),
        ["adam"] = w => optim.Adam(w, Lr),
        ["adamw"] = w => optim.AdamW(w, Lr),
        ["amsgrad"] = w => optim.Adam(w, Lr, amsgrad: true),
        ["adadelta"] = w => optim.Adadelta(w, Lr),
        ["adamax"] = w => optim.Adamax(w, Lr),
        ["nadam"] = w => optim.NAdam(w, Lr),
        ["radam"] = w => optim.RAdam(w, Lr),
    };

    /// <summary>Args: rounds (default 15), then names of rules (default: all that there are).</summary>
    public static void Run(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 15;
        set_num_threads(2);
        manual_seed(0);
        using var model = torchvision.models.resnet50();
        var shapes = model.parameters().Select(p => p.shape).ToArray();
        foreach (var (name, create) in Rules.Where(r => args.Length < 2 || args.Contains(r.Key)))
            Console.WriteLine(FormattableString.Invariant($"{name} {Median(create, shapes, rounds):F2}"));
    }

    private static double Median(Func<IEnumerable<Parameter>, optim.Optimizer> create, long[][] shapes, int rounds)
    {
        using var scope = NewDisposeScope();
        Parameter[] weights = [.. shapes.Select(s => new Parameter(randn(s) * 0.05))];
        foreach (var weight in weights)
            weight.grad = randn_like(weight) * 0.01;
        using var optimizer = create(weights);
        var times = new List<double>();
        for (var k = 0; k < rounds + WarmUp; k++)
        {
            var start = Stopwatch.GetTimestamp();
            optimizer.step();
            if (k >= WarmUp)
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times.Order().ElementAt(times.Count / 2);
    }
}
