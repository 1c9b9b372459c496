using FineTune.Tests.Data;

namespace FineTune.Tests.Cli;

/// <summary>Names that would steer a terminal or turn its writing are written out; JSON has them as they are.</summary>
public sealed class HostileNameTests : IDisposable
{
    private const string Name = "a\u001b[31mred\nnext\u202egpj", Written = @"a\x1b[31mred\x0anext\u202egpj";
    private static readonly string[] Attic = ["--model", "cifar_resnet20", "--weights", "attic"];

    private readonly ImageTree _tree = new ImageTree().Pictures($"data/{Name}", 4).Pictures("data/bee", 4, 50)
        .Image($"data/bee/{Name}.bmp", 9, 32, 32);

    public HostileNameTests() => Skip.If(OperatingSystem.IsWindows(), "Windows takes no such name");

    public void Dispose() => _tree.Dispose();

    [SkippableFact]
    public void Lines_for_people_have_them_written_out()
    {
        Plain(Finetune.Run("inspect", _tree.PathOf("data")).ShouldSucceed());
        Plain(Finetune.Run(["predict", .. Attic, _tree.PathOf("data")]).ShouldSucceed());
        Plain(Finetune.Run(["predict", .. Attic, Name]));
        Plain(Finetune.Run("eval", "--run", Name));
        Plain(Finetune.Run(Name));
        File.WriteAllBytes(_tree.PathOf($"data/bee/{Name}.bmp"), []);
        Plain(Finetune.Run(_tree.Training()));
        Plain(Finetune.Run(_tree.Training("--on-bad-file", "skip")).ShouldSucceed());
    }

    [SkippableFact]
    public void Json_has_the_true_names_and_no_control_characters()
    {
        var inspected = Finetune.Run("inspect", _tree.PathOf("data"), "--json").ShouldSucceed();
        inspected.Json.ShouldHaveSingleItem()["classes"]!.AsArray().Select(c => (string)c!).ShouldContain(Name);
        var predicted = Finetune.Run(["predict", .. Attic, _tree.PathOf("data"), "--json"]).ShouldSucceed();
        predicted.Json.Select(j => Path.GetFileName((string)j["path"]!)).ShouldContain($"{Name}.bmp");
        foreach (var text in new[] { inspected.Out, predicted.Out })
            Controls(text).ShouldBeEmpty();
    }

    private static void Plain(Outcome outcome)
    {
        (outcome.Out + outcome.Error).ShouldContain(Written);
        Controls(outcome.Out + outcome.Error).ShouldBeEmpty();
    }

    private static IEnumerable<char> Controls(string text) =>
        text.Where(c => c != '\n' && (char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format));
}
