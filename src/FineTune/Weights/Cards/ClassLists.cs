namespace FineTune.Weights;

/// <summary>Lists of class names that cards share: classes/NAME.txt beside the cards, a name a line, lines with # left out.</summary>
/// <param name="folder">The folder of cards.</param>
internal sealed class ClassLists(string folder)
{
    private const string FolderName = "classes";
    private readonly Dictionary<string, string[]> _lists = new(StringComparer.Ordinal);

    /// <summary>The classes of a card: a list of its own, or the name of a shared one; empty where it has neither.</summary>
    /// <exception cref="FineTuneException">There is no such list.</exception>
    public IReadOnlyList<string> Of(CardValues card)
    {
        if (!card.IsWord(CardKeys.Classes))
            return card.List(CardKeys.Classes, card.Text) ?? [];
        var name = card.Word(CardKeys.Classes)!;
        card.Check(CardUrl.IsFileName(name), CardKeys.Classes, name, $"a list of names, or the name of a list in '{FolderName}'");
        return Of(name);
    }

    /// <summary>A list by its name.</summary>
    /// <exception cref="FineTuneException">There is no such list.</exception>
    public IReadOnlyList<string> Of(string name)
    {
        if (!_lists.TryGetValue(name, out var classes))
            _lists[name] = classes = Read(Path.Combine(folder, FolderName, $"{name}.txt"));
        return classes;
    }

    private static string[] Read(string path)
    {
        try
        {
            var lines = RegularFile.Text(path).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return [.. lines.Where(l => l[0] != '#')];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"Cannot read the classes '{path}': {RegularFile.Reason(path, e)}.", e);
        }
    }
}
