using FineTune.Tests.Images;

namespace FineTune.Tests;

/// <summary>What a test or a script starts as a process of its own.</summary>
internal static class ChildProcess
{
    private static int Main(string[] arguments) => arguments switch
    {
        ["fuzz-images", var rounds, var seed, var kept] => ImageFuzzer.Run(ImageGoldens.Int(rounds), ImageGoldens.Int(seed), kept),
        _ => throw new ArgumentException("fuzz-images ROUNDS SEED KEPT is allowed."),
    };
}
