using System.Globalization;
using System.Text.Json;

namespace FineTune.Weights;

/// <summary>Finds the state dict in what torch.save wrote, and lays its tensors out.</summary>
internal static class TorchCheckpoint
{
    private const string SaveIt = $"save its state dict, {ForeignWords.Save}";

    /// <summary>Reads it.</summary>
    /// <param name="input">The file.</param>
    /// <param name="file">What was pickled.</param>
    /// <param name="entry">The entry to be taken; null: by <see cref="WeightEntries.Order"/>.</param>
    public static StateDict Read(WeightInput input, PickledFile file, string? entry = null)
    {
        if (file.Root is not PickleDict top)
        {
            throw input.Fail(file.Root is PickleInert { Class: { } whole }
                ? $"it holds a whole object of '{WeightException.Printable(whole)}', not a dict of tensors; {SaveIt}"
                : "it holds no dict of tensors at its top");
        }

        var nests = new CheckpointNests(input);
        var dict = nests.Descend(top, entry);
        var tensors = new TensorLayout(input, file.Storages);
        var state = new StateDict { NotRead = file.NotRead };
        foreach (var (name, value) in dict.Entries)
        {
            if (value is PickleTensor tensor)
                state.Add(name, tensors.LayOut(name, tensor));
            else if (value is PickleInert { Class: { } other } && name.Contains('.', StringComparison.Ordinal))
                throw input.Fail($"its '{WeightException.Printable(name)}' is {Object(other)} where a tensor is expected{Remedy(other)}");
        }

        if (state.Count == 0)
            throw input.Fail($"it holds no tensors; {(top.Entries.Count == 0 ? "its dict is empty" : $"its entries are {Entries(top)}")}");
        foreach (var note in nests.Notes)
            state.Notes.Add(note);
        Describe(input, state, top);
        if (!ReferenceEquals(dict, top))
            Describe(input, state, dict);
        return entry is null || nests.Found ? state : WeightEntries.Under(state, entry, input);
    }

    private static string Object(string type) => $"an object of '{WeightException.Printable(type)}'";

    private static string Remedy(string type) => type == "numpy.ndarray"
        ? "; save tensors, in Python: torch.save({k: torch.as_tensor(v) for k, v in state.items()}, 'weights.pth')"
        : string.Empty;

    /// <summary>"epoch, model (an object of 'my.Net': ...)".</summary>
    private static string Entries(PickleDict top)
    {
        var whole = top.Entries.FirstOrDefault(e => e.Value is PickleInert { Class: not null });
        var about = whole.Value is PickleInert { Class: { } type }
            ? $", of which '{WeightException.Printable(whole.Key)}' is {Object(type)}; if that is the network, {SaveIt}"
            : string.Empty;
        return WeightEntries.List(top.Entries.Keys) + about;
    }

    /// <summary>Keeps the words and numbers that stand beside the tensors, and lists of words as JSON.</summary>
    private static void Describe(WeightInput input, StateDict state, PickleDict dict)
    {
        foreach (var (name, value) in dict.Entries)
        {
            switch (value)
            {
                case string or long or double or bool:
                    state.Metadata[name] = Convert.ToString(value, CultureInfo.InvariantCulture)!;
                    break;
                case List<object?> { Count: > 0 } list
                    when list.All(i => i is string) && list.Sum(i => (long)((string)i!).Length) <= input.Limits.MaxStringBytes:
                    state.Metadata[name] = JsonSerializer.Serialize(list.Cast<string>());
                    break;
            }
        }
    }
}
