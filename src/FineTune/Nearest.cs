namespace FineTune;

/// <summary>Answers a misspelt name with the nearest right one.</summary>
public static class Nearest
{
    /// <summary>The candidate with the fewest edits from <paramref name="name"/>, if it is near enough to be meant; else null.</summary>
    public static string? Name(string name, IEnumerable<string> candidates)
    {
        var best = candidates
            .Select(c => (Candidate: c, Distance: Distance(name.ToUpperInvariant(), c.ToUpperInvariant())))
            .OrderBy(p => p.Distance)
            .ThenBy(p => p.Candidate, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Candidate is not null && best.Distance <= Math.Max(2, name.Length / 2) ? best.Candidate : null;
    }

    /// <summary>"Unknown model 'resnet19'; did you mean 'resnet18'? Known: ..."</summary>
    public static FineTuneException Unknown(string kind, string name, IEnumerable<string> candidates)
    {
        var known = candidates.ToArray();
        var near = Name(name, known);
        var hint = near is null ? string.Empty : $" Did you mean '{near}'?";
        return new FineTuneException($"Unknown {kind} '{name}'.{hint} Known: {string.Join(", ", known)}.");
    }

    /// <summary>Levenshtein's distance with swaps of neighbours counted as one edit.</summary>
    internal static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
