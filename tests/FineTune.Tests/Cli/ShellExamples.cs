using System.Text;
using System.Text.RegularExpressions;
using FineTune.Cli;
using FineTune.Train.Keys;

namespace FineTune.Tests.Cli;

/// <summary>Command lines of finetune in documents.</summary>
internal static partial class ShellExamples
{
    /// <summary>The commands that begin with finetune or scripts/finetune in the ```sh blocks of a Markdown text.</summary>
    public static IReadOnlyList<string> Commands(string markdown) =>
    [
        .. Blocks().Matches(markdown)
            .SelectMany(block => block.Groups["text"].Value.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
            .Select(line => Prompt().Replace(line, string.Empty))
            .Where(line => Call().IsMatch(line)),
    ];

    /// <summary>What finetune itself would object to in a command: verbs, options, keys of --set. No file is looked for.</summary>
    public static IReadOnlyList<string> Problems(string command)
    {
        var words = Words(command).Skip(1).ToArray();
        var parsed = Program.Root().Parse(words);
        var problems = parsed.Action is HelpWithExamples ? [] : parsed.Errors.Select(e => e.Message)
            .Concat(WrongUsage.Dashed(parsed)).ToList();
        var settings = words.SkipWhile(w => w != "--set").Where(w => Setting().IsMatch(w)).Select(w => w.Split('=', '.')[0]);
        return [.. problems, .. settings.Where(key => !RecipeKeys.Top.Contains(key)).Select(key => $"no key '{key}'")];
    }

    /// <summary>The words of a shell command up to a pipe, a redirection, a comment or the next command.</summary>
    public static IReadOnlyList<string> Words(string command)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var quote = '\0';
        foreach (var c in command + " ")
        {
            if (c == quote)
                quote = '\0';
            else if (quote == '\0' && c is '\'' or '"')
                quote = c;
            else if (quote != '\0' || !char.IsWhiteSpace(c))
                word.Append(c);
            else if (word.Length > 0)
            {
                if (word[0] is '|' or '>' or '#' or '&' or ';' || word.ToString() is "2>&1")
                    break;
                words.Add(word.ToString());
                word.Clear();
            }
        }

        return words;
    }

    [GeneratedRegex(@"^```(sh|bash|shell|console)\b[^\n]*\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^\s*(\$\s+)?")]
    private static partial Regex Prompt();

    [GeneratedRegex(@"^(scripts/)?finetune(\s|$)")]
    private static partial Regex Call();

    [GeneratedRegex(@"^[a-z_.]+=")]
    private static partial Regex Setting();
}
