using System.Globalization;
using FineTune.Evaluate;

namespace FineTune.Ensemble;

/// <summary>Which members of a run make the ensemble: all, the best K on validation, or the last K.</summary>
/// <param name="Kind">all, best or last.</param>
/// <param name="Count">K; 0 for all.</param>
public sealed record MemberSelection(string Kind, int Count)
{
    /// <summary>Every member.</summary>
    public static MemberSelection All { get; } = new("all", 0);

    /// <summary>From "all", "best:K" or "last:K".</summary>
    /// <exception cref="FineTuneException">Another text.</exception>
    public static MemberSelection Parse(string text)
    {
        var parts = text.Split(':');
        if (text == "all")
            return All;
        return parts.Length == 2
            && parts[0] is "best" or "last"
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var k)
            && k > 0
            ? new MemberSelection(parts[0], k)
            : throw new FineTuneException($"Members '{text}'; all, best:K or last:K is allowed, with K from 1.");
    }

    /// <summary>What members are chosen by: the accuracy, and between equal ones the negative log-likelihood.</summary>
    internal static double Rank(Score validation) => validation.Top1 - (1e-9 * validation.Nll);

    /// <summary>The chosen members, in their own order.</summary>
    /// <param name="members">All, in order.</param>
    /// <param name="validationScore">Higher is better; asked for "best" only.</param>
    public IReadOnlyList<T> Of<T>(IReadOnlyList<T> members, Func<T, double> validationScore)
    {
        if (Count > members.Count)
            throw new FineTuneException($"Members {Kind}:{Count}, but there are {members.Count}.");
        return Kind switch
        {
            "last" => [.. members.Skip(members.Count - Count)],
            "best" => [.. members.Select((m, k) => (m, k)).OrderByDescending(p => validationScore(p.m)).Take(Count)
                .OrderBy(p => p.k).Select(p => p.m)],
            _ => members,
        };
    }
}
