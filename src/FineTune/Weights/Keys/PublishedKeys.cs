using System.Text.RegularExpressions;

namespace FineTune.Weights;

/// <summary>
/// Weights that torchvision published under other keys than those of its networks: torchvision renames them too when it loads them.
/// </summary>
internal static partial class PublishedKeys
{
    /// <summary>
    /// The weights under the network's keys; auxiliary heads of Inception networks, which serve training from scratch alone, are left
    /// out.
    /// </summary>
    /// <param name="model">A name of the zoo.</param>
    /// <param name="weights">As they were read.</param>
    public static StateDict Translate(string model, StateDict weights)
    {
        Func<string, string?> rename = model switch
        {
            _ when model.StartsWith("densenet", StringComparison.Ordinal) => key => DenseLayer().Replace(key, "$1$2"),
            _ when model.StartsWith("vit_", StringComparison.Ordinal) =>
                key => Hidden().Replace(key, m => m.Groups[1].Value == "1" ? ".mlp.0." : ".mlp.3."),
            "googlenet" or "inception_v3" => key => Auxiliary().IsMatch(key) ? null : key,
            _ => key => key,
        };
        if (weights.Keys.All(k => rename(k) == k))
            return weights;
        var translated = new StateDict { Classes = weights.Classes };
        foreach (var (key, values) in weights)
        {
            if (rename(key) is { } name && !translated.ContainsKey(name))
                translated.Add(name, values);
        }

        return translated;
    }

    [GeneratedRegex(@"(denselayer\d+\.(?:norm|conv))\.([12]\.)")]
    private static partial Regex DenseLayer();

    [GeneratedRegex(@"\.mlp\.linear_([12])\.")]
    private static partial Regex Hidden();

    [GeneratedRegex(@"^(?:aux[12]|AuxLogits)\.")]
    private static partial Regex Auxiliary();
}
