using FineTune.Benchmarks;
using FineTune.Engine;

var verbs = new Dictionary<string, Action<string[]>>
{
    ["add"] = EngineAdd.Run,
    ["optimizers"] = OptimizerStep.Run,
    ["step"] = TrainingStep.Run,
};

if (args.Length > 0 && verbs.TryGetValue(args[0], out var run))
{
    TorchEngine.Load();
    run(args[1..]);
    return 0;
}

Console.Error.WriteLine($"One of: {string.Join(", ", verbs.Keys)}.");
return 2;
