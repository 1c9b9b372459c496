namespace FineTune;

/// <summary>Answers a misspelt name with the nearest right one.</summary>
public static class Nearest
{
    private const int Start = 3; // letters by which a longer name is known

    /// <summary>
    /// The candidate with the fewest edits from <paramref name="name"/>, if it is near enough to be meant; else null. One that begins with
    /// the name is as near as one of two edits.
    /// </summary>
    public static string? Name(string name, IEnumerable<string> candidates)
    {
        var best = candidates
            .Select(c => (Candidate: c, Distance: Near(name.ToUpperInvariant(), c.ToUpperInvariant())))
            .OrderBy(p => p.Distance)
            .ThenBy(p => Math.Abs(p.Candidate.Length - name.Length))
            .ThenBy(p => p.Candidate, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Candidate is not null && best.Distance <= Math.Max(2, name.Length / 2) ? best.Candidate : null;
    }

    private static int Near(string name, string candidate)
    {
        var edits = Distance(name, candidate);
        return name.Length >= Start && candidate.StartsWith(name, StringComparison.Ordinal) ? Math.Min(edits, 2) : edits;
    }

    private const int MostListed = 20; // of a longer list, the nearest

    /// <summary>"Unknown model 'resnet19'; did you mean 'resnet18' (one of ...)?"</summary>
    public static FineTuneException Unknown(string kind, string name, IEnumerable<string> candidates)
    {
        var known = candidates.ToArray();
        var near = Name(name, known);
        var nearest = known.OrderBy(k => Near(name.ToUpperInvariant(), k.ToUpperInvariant())).Take(MostListed);
        var list = known.Length <= MostListed
            ? string.Join(", ", known)
            : $"{string.Join(", ", nearest)} and {known.Length - MostListed} more";
        return new FineTuneException(near is null
            ? $"Unknown {kind} '{name}'; known are {list}."
            : $"Unknown {kind} '{name}'; did you mean '{near}' (one of {list})?");
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
