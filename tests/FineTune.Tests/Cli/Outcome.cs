using System.Text.Json.Nodes;

namespace FineTune.Tests.Cli;

/// <summary>What a run of the command line left.</summary>
internal sealed record Outcome(int Code, string Out, string Error)
{
    /// <summary>The lines of the standard output, each of which must be JSON.</summary>
    public IReadOnlyList<JsonNode> Json => [.. Lines(Out).Select(line => JsonNode.Parse(line)!)];

    /// <summary>It worked.</summary>
    public Outcome ShouldSucceed()
    {
        Code.ShouldBe(0, Error);
        return this;
    }

    /// <summary>It failed with one sentence that says each of <paramref name="words"/>, and nothing else.</summary>
    public Outcome ShouldFail(params string[] words)
    {
        Code.ShouldBe(1, Error);
        Out.ShouldBeEmpty();
        Sentence(Lines(Error).ShouldHaveSingleItem(), words);
        return this;
    }

    /// <summary>It failed after it had begun; the last line says why.</summary>
    public Outcome ShouldFailInTheEnd(params string[] words)
    {
        Code.ShouldBe(1, Error);
        Sentence(Lines(Error)[^1], words);
        return this;
    }

    /// <summary>It was refused as wrong usage, with a way to help.</summary>
    public Outcome ShouldBeWrongUsage(params string[] words)
    {
        Code.ShouldBe(2, Error);
        Out.ShouldBeEmpty();
        Error.ShouldNotContain("   at ");
        foreach (var word in words)
            Error.ShouldContain(word);
        return this;
    }

    /// <summary>A line is one clear sentence that says each of <paramref name="words"/>.</summary>
    public static void Sentence(string line, string[] words)
    {
        line.ShouldNotContain("\n");
        line[^1].ShouldBeOneOf('.', '?');
        line.Length.ShouldBeLessThan(700);
        foreach (var word in new[] { "   at ", "Exception", "defect", "()" })
            line.ShouldNotContain(word);
        foreach (var word in words)
            line.ShouldContain(word);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
