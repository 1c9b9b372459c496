using FineTune.Experiment;

namespace FineTune.Cli;

/// <summary>
/// Reads who races: `sgd,adam:lr=0.1:beta1=0.8`, and settings such as `adam.lr=0.2` that hold for every entrant of that name.
/// </summary>
internal static class RaceEntrants
{
    /// <exception cref="FineTuneException">A setting has no `=`, or is of an optimizer that does not race.</exception>
    public static IReadOnlyList<NamedSpec> Parse(IEnumerable<string> rules, IEnumerable<string> settings)
    {
        var specs = rules.SelectMany(r => r.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Select(One).ToArray();
        foreach (var setting in settings)
        {
            var (name, option) = Halves(setting, '.', "optimizer.option=value, such as adam.lr=0.1");
            if (!specs.Any(s => s.Name == name))
                throw Nearest.Unknown("optimizer in this race", name, specs.Select(s => s.Name).Distinct());
            for (var k = 0; k < specs.Length; k++)
                specs[k] = specs[k].Name == name ? With(specs[k], option) : specs[k];
        }

        return specs;
    }

    private static NamedSpec One(string text)
    {
        var parts = text.Split(':');
        return parts.Skip(1).Aggregate(new NamedSpec(parts[0]), With);
    }

    private static NamedSpec With(NamedSpec spec, string option)
    {
        var (name, value) = Halves(option, '=', "option=value, such as lr=0.1");
        return spec.With(name, RecipeTree.ParseValue(value, option));
    }

    private static (string Left, string Right) Halves(string text, char at, string form)
    {
        var k = text.IndexOf(at, StringComparison.Ordinal);
        return k > 0 ? (text[..k], text[(k + 1)..]) : throw new FineTuneException($"'{text}' is not of the form {form}.");
    }
}
