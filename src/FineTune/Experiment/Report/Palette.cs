namespace FineTune.Experiment.Report;

/// <summary>Colours of a page, light and dark; paper is light. `.cK` sets --c to the K-th colour of what is told apart.</summary>
internal static class Palette
{
    private static readonly (string Light, string Dark)[] Series =
    [
        ("#2a6fbb", "#6aa9f0"), ("#c25f06", "#f3a24f"), ("#2e7d50", "#5fc48d"), ("#c9352b", "#f4796e"), ("#7446b0", "#b997ee"),
        ("#0b808c", "#4ccbd2"), ("#84552a", "#d3a271"), ("#bb2f89", "#ef86c6"), ("#6f6c08", "#cdc957"), ("#48555d", "#b3bec5"),
    ];

    /// <summary>How many lines have colours of their own.</summary>
    public static int Count => Series.Length;

    /// <summary>The variables and classes.</summary>
    public static string Css { get; } =
        ":root { color-scheme: light dark; --ink: #1f2a30; --muted: #5d6b72; --paper: #f7f8f7; --card: #fff; --line: #dfe5e2; "
        + $"--grid: #e9edea; --link: #1c5a9e; --right: 46, 125, 80; --wrong: 198, 70, 52; {Variables(s => s.Light)} }}\n"
        + "@media screen and (prefers-color-scheme: dark) { :root { --ink: #e2e8ea; --muted: #98a6ad; --paper: #12181c; --card: #1a2227; "
        + $"--line: #303b41; --grid: #29343a; --link: #86b9f4; --right: 78, 178, 120; --wrong: 226, 96, 78; "
        + $"{Variables(s => s.Dark)} }} }}\n"
        + string.Join(' ', Enumerable.Range(0, Series.Length).Select(k => Html.Text($".c{k} {{ --c: var(--s{k}) }}")));

    private static string Variables(Func<(string Light, string Dark), string> of) =>
        string.Join(' ', Series.Select((s, k) => Html.Text($"--s{k}: {of(s)};")));
}
