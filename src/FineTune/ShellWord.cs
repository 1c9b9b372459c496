namespace FineTune;

/// <summary>Words of a command line that a person can type as they stand.</summary>
internal static class ShellWord
{
    private const string Plain = "_-+=:,./@%"; // beside letters and digits: nothing that a shell reads as more than itself

    /// <summary>One word, for a shell: quoted where it has a blank or another character that a shell reads as more than itself.</summary>
    public static string Quote(string word)
    {
        if (word.Length > 0 && word.All(IsPlain))
            return word;
        return OperatingSystem.IsWindows() ? $"\"{word}\"" : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    private static bool IsPlain(char c) =>
        char.IsAsciiLetterOrDigit(c) || Plain.Contains(c, StringComparison.Ordinal) || (c == '\\' && OperatingSystem.IsWindows());
}
