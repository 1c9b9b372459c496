using FineTune.Tests.Images;
using FineTune.Tests.Weights;

namespace FineTune.Tests;

/// <summary>What a test or a script starts as a process of its own.</summary>
internal static class ChildProcess
{
    private static int Main(string[] arguments) => arguments switch
    {
        ["fuzz-images", var rounds, var seed, var kept] => ImageFuzzer.Run(ImageGoldens.Int(rounds), ImageGoldens.Int(seed), kept),
        ["fuzz-weights", var cases, var seed, var folder] => FuzzWeights(ImageGoldens.Int(cases), ImageGoldens.Int(seed), folder),
        _ => throw new ArgumentException("fuzz-images ROUNDS SEED KEPT and fuzz-weights CASES SEED FOLDER are allowed."),
    };

    private static int FuzzWeights(int cases, int seed, string folder)
    {
        var found = WeightFuzzer.Run(cases, seed, folder);
        Console.WriteLine(found.Failure ?? found.ToString());
        return found.Failure is null ? 0 : 1;
    }
}
