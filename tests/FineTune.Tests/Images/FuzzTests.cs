using System.Globalization;
using System.Text.RegularExpressions;
using FineTune.Tests.Cli;

namespace FineTune.Tests.Images;

public sealed partial class FuzzTests
{
    private const int Rounds = 50, Seed = 20_240_517;

    /// <summary>The long form is scripts/fuzz-images.sh.</summary>
    [Fact]
    public void Mutated_files_give_pixels_or_an_ImageException()
    {
        var kept = Path.Combine(Path.GetTempPath(), $"finetune-mutant-{Environment.ProcessId}");
        string[] command = ["exec", typeof(FuzzTests).Assembly.Location, "fuzz-images", Text(Rounds), Text(Seed), kept];

        var outcome = Finetune.RunProgram("dotnet", command);

        outcome.Code.ShouldBe(0, $"the file is kept as {kept}: {outcome.Error}");
        var counts = Counts().Match(outcome.Out);
        var mutants = Rounds * ImageGoldens.Files().Length;
        ImageGoldens.Int(counts.Groups[1].Value).ShouldBeGreaterThan(mutants / 20);
        ImageGoldens.Int(counts.Groups[2].Value).ShouldBeGreaterThan(mutants / 20);
        File.Delete(kept);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(\d+) decoded, (\d+) refused")]
    private static partial Regex Counts();
}
