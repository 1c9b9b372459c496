using System.Diagnostics;
using System.Globalization;
using FineTune.Models;
using FineTune.Optimize;
using static TorchSharp.torch;

namespace FineTune.Benchmarks;

/// <summary>
/// A step of each rule over ResNet-50's parameters (25.6 M floats), beside a plain pass that reads the gradient and reads and
/// writes as many arrays. A line a rule: its name, the arrays that it remembers, milliseconds of a step and of the plain pass.
/// </summary>
internal static class OptimizerStep
{
    private const int Classes = 1000;
    private const double Lr = 1e-6;
    private const int Patience = 10; // seconds a rule; those that multiply matrices get fewer rounds

    /// <summary>Args: rounds (default 15), then names of rules (default: all that step along one gradient).</summary>
    public static void Run(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 15;
        using var network = Zoo.Create("resnet50", Classes);
        using var vector = new ParameterVector(network);
        using (no_grad())
            vector.G.normal_(0, 0.01);
        var groups = new GroupOptions { DecayAll = true }.Divide(vector, network.Stages.Count - 1);
        foreach (var entry in RuleTable.Rows.Where(e => args.Length < 2 || args.Contains(e.Name)))
        {
            using var optimizer = entry.Create(
                vector, groups, new OptionReader(entry.Name, entry.Options, new Dictionary<string, object?>()));
            var arrays = optimizer.State.Select(s => s.Vector).Prepend(vector.W).ToArray();
            var (step, plain) = (new List<double>(), new List<double>());
            var start = Stopwatch.GetTimestamp();
            for (var round = -3; round < rounds && (round < 1 || Stopwatch.GetElapsedTime(start).TotalSeconds < Patience); round++)
            {
                Time(round < 0 ? null : step, () => optimizer.Step(Lr, () => 0));
                Time(round < 0 ? null : plain, () => PlainPass.Run(vector.G, arrays));
            }

            Console.WriteLine(FormattableString.Invariant($"{entry.Name} {arrays.Length - 1} {Median(step):F2} {Median(plain):F2}"));
        }
    }

    private static void Time(List<double>? times, Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        times?.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
