namespace FineTune.Weights;

/// <summary>One way to read a state dict's names: a convention, behind a prefix.</summary>
internal sealed class KeyCandidate
{
    private const int MaxPrefixes = 16; // every one is held against all names
    private readonly StateDict _found;
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal); // of the file -> of the network
    private readonly IReadOnlyDictionary<string, KeyPlace> _places;
    private readonly Conventions.Family _family;

    private KeyCandidate(
        KeyConvention convention,
        string prefix,
        IReadOnlyDictionary<string, KeyPlace> places,
        Func<string, bool> ofHead,
        Conventions.Family family,
        StateDict found)
    {
        (Convention, Prefix, _places, _family, _found) = (convention, prefix, places, family, found);
        var missing = new List<string>();
        foreach (var (name, place) in places)
        {
            if (found.ContainsKey(prefix + place.Name))
                _names[prefix + place.Name] = name;
            else if (!KeyMatch.IsIgnorable(name) && !family.IsDerived(name))
                missing.Add(name);
        }

        var isAmbiguous = places.Keys.Any(n => found.ContainsKey(prefix + n) && !_names.ContainsKey(prefix + n)); // under both of its names
        Differences = isAmbiguous ? int.MaxValue : missing.Count + found.Count - _names.Count;
        LacksHead = missing.Count > 0;
        if (isAmbiguous || !missing.All(ofHead) || _names.Values.All(ofHead))
            return;
        Fits = found.Keys.Where(IsStray).All(k => ofHead(k[prefix.Length..]));
        LeftOut = [.. found.Keys.Where(k => !k.StartsWith(prefix, StringComparison.Ordinal) || _family.IsNotNeeded(k[prefix.Length..]))];
    }

    public KeyConvention Convention { get; }

    /// <summary>With its last dot; empty where there is none.</summary>
    public string Prefix { get; }

    /// <summary>The prefix without its last dot.</summary>
    public string Entry => Prefix.TrimEnd('.');

    /// <summary>Whether every tensor has its place, but for those of a head.</summary>
    public bool Fits { get; }

    /// <summary>Whether only the head is missing.</summary>
    public bool LacksHead { get; }

    /// <summary>How many names are missing, or in the file alone.</summary>
    public int Differences { get; }

    /// <summary>Tensors that are not the network's.</summary>
    public IReadOnlyList<string> LeftOut { get; } = [];

    /// <summary>
    /// A convention without a prefix, and behind every prefix that the file has before the first name of the network's body.
    /// </summary>
    public static IEnumerable<KeyCandidate> All(
        KeyConvention convention, IReadOnlyList<string> names, Func<string, bool> ofHead, Conventions.Family family, StateDict found)
    {
        var places = convention.Places(names);
        var anchor = names.Where(n => !ofHead(n)).Select(n => "." + places[n].Name).FirstOrDefault();
        var prefixes = anchor is null
            ? []
            : found.Keys.Where(k => k.EndsWith(anchor, StringComparison.Ordinal)).Select(k => k[..^(anchor.Length - 1)]).Take(MaxPrefixes);
        return prefixes.Prepend(string.Empty)
            .Select(p => new KeyCandidate(convention, p, places, ofHead, family, found));
    }

    /// <summary>The tensors under the network's names and shapes.</summary>
    public StateDict Translate()
    {
        var state = _found.WithoutTensors();
        foreach (var (key, values) in _found)
        {
            if (_names.TryGetValue(key, out var name))
            {
                if (!_family.IsDerived(name))
                    state.Add(name, KeyShape.Reshape(values, _places[name].Shape.ToTorchvision));
            }
            else if (IsStray(key))
            {
                state.Add(key[Prefix.Length..], values);
            }
        }

        return state;
    }

    private bool IsStray(string key) =>
        key.StartsWith(Prefix, StringComparison.Ordinal) && !_names.ContainsKey(key) && key[Prefix.Length..] is var bare
        && !KeyMatch.IsIgnorable(bare) && !_family.IsDerived(bare) && !_family.IsNotNeeded(bare);
}
