using FineTune.Benchmarks;
using FineTune.Benchmarks.PlainTorchSharp;
using FineTune.Engine;

var verbs = new Dictionary<string, Action<string[]>>
{
    ["add"] = EngineAdd.Run,
    ["all-reduce"] = AllReduceTime.Run,
    ["decode"] = ImageDecode.Run,
    ["ensemble-pass"] = EnsemblePass.Run,
    ["forward"] = ForwardPass.Run,
    ["forward-onnx"] = ForwardPass.RunOnnx,
    ["layouts"] = LayoutStep.Run,
    ["load-memory"] = WeightLoading.Memory,
    ["load-weights"] = WeightLoading.Run,
    ["loader"] = LoaderEpoch.Run,
    ["onnx-predict"] = OnnxPredict.Run,
    ["optimizers"] = OptimizerStep.Run,
    ["ranked-step"] = RankedStep.Run,
    ["read-file"] = WeightLoading.ReadFile,
    ["scalars"] = ScalarLifetime.Run,
    ["step"] = TrainingStep.Run,
};
var plain = new Dictionary<string, Action<string[]>>
{
    ["plain-loader"] = PlainLoader.Run,
    ["plain-optimizers"] = PlainOptimizers.Run,
    ["plain-step"] = PlainStep.Run,
    ["plain-tutorial"] = PlainTutorial.Run,
};

if (args.Length > 0 && verbs.TryGetValue(args[0], out var run))
{
    TorchEngine.Load();
    run(args[1..]);
    return 0;
}

if (args.Length > 0 && plain.TryGetValue(args[0], out run))
{
    // TorchSharp's native library does not load on Debian 12 and Ubuntu 22.04 as the package has it. This loads it and does no
    // more: TorchEngine.Load would set the allocator and the threads' wait too, which nobody does for plain TorchSharp.
    LibtorchLoader.Load();
    run(args[1..]);
    return 0;
}

Console.Error.WriteLine($"One of: {string.Join(", ", verbs.Keys.Concat(plain.Keys))}.");
return 2;
