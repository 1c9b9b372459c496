namespace FineTune.Weights;

/// <summary>One module or tensor under two names.</summary>
/// <param name="Torchvision">A <see cref="KeyTemplate"/> of torchvision's name.</param>
/// <param name="Other">The other name, with the same letters.</param>
/// <param name="Shape">How shapes differ; null: they do not.</param>
/// <param name="Where">A name of torchvision's with the same letters that the network has to have, where that tells blocks apart.</param>
internal sealed record KeyRule(string Torchvision, string Other, KeyShape? Shape = null, string? Where = null);

/// <summary>A tensor's place in another library's state dict.</summary>
internal sealed record KeyPlace(string Name, KeyShape Shape);

/// <summary>
/// The names that another library, or an older version of torchvision, has for a family's tensors: a table of rules, of which the first
/// that fits decides. A name that no rule fits is the same in both.
/// </summary>
/// <param name="name">Whose names they are, as in "timm's".</param>
/// <param name="rules">The table.</param>
internal sealed class KeyConvention(string name, IEnumerable<KeyRule> rules)
{
    private readonly Rule[] _rules = [.. rules.Select(Parsed)];

    /// <summary>Torchvision's own.</summary>
    public static KeyConvention Torchvision { get; } = new("torchvision's", []);

    /// <summary>Whose names they are, as in "timm's".</summary>
    public string Name => name;

    /// <summary>The other place of each of a network's tensors, by its name in torchvision.</summary>
    /// <param name="torchvision">All of them.</param>
    public IReadOnlyDictionary<string, KeyPlace> Places(IEnumerable<string> torchvision)
    {
        var names = torchvision.ToHashSet(StringComparer.Ordinal);
        return names.ToDictionary(n => n, n => Place(n, names), StringComparer.Ordinal);
    }

    private KeyPlace Place(string key, HashSet<string> names)
    {
        foreach (var rule in _rules)
        {
            if (rule.Torchvision.Match(key) is { } found && (rule.Where is null || names.Contains(rule.Where.Fill(found.Numbers))))
                return new(rule.Other.Fill(found.Numbers) + found.Below, rule.Shape);
        }

        return new(key, KeyShape.Same);
    }

    private static Rule Parsed(KeyRule rule) => new(
        new KeyTemplate(rule.Torchvision),
        new KeyTemplate(rule.Other),
        rule.Shape ?? KeyShape.Same,
        rule.Where is null ? null : new KeyTemplate(rule.Where));

    private sealed record Rule(KeyTemplate Torchvision, KeyTemplate Other, KeyShape Shape, KeyTemplate? Where);
}
