using System.Globalization;
using System.Text.Json;

namespace FineTune.Weights;

/// <summary>Finds the state dict in what torch.save wrote, and lays its tensors out.</summary>
internal static class TorchCheckpoint
{
    /// <summary>Where training scripts put the state dict, in the order in which they are tried.</summary>
    private static readonly string[] Nests = ["state_dict", "model_state_dict", "model", "net", "ema"];

    private const int MaxNesting = 3;

    public static StateDict Read(WeightInput input, PickledFile file)
    {
        if (file.Root is not PickleDict top)
            throw input.Fail("it holds no dict of tensors at its top");
        var dict = Descend(top);
        var tensors = new TensorLayout(input, file.Storages);
        var state = new StateDict();
        foreach (var (name, value) in dict.Entries)
        {
            if (value is PickleTensor tensor)
                state.Add(name, tensors.LayOut(name, tensor));
        }

        if (state.Count == 0)
            throw input.Fail($"it holds no tensors; its entries are {WeightException.Printable(string.Join(", ", top.Entries.Keys.Take(8)))}");
        Describe(input, state, top);
        if (!ReferenceEquals(dict, top))
            Describe(input, state, dict);
        return state;
    }

    private static PickleDict Descend(PickleDict dict)
    {
        for (var depth = 0; depth < MaxNesting; depth++)
        {
            var inner = Nests.Select(n => dict.Entries.GetValueOrDefault(n)).OfType<PickleDict>().FirstOrDefault(HoldsTensors);
            if (inner is null)
                break;
            dict = inner;
        }

        return dict;
    }

    private static bool HoldsTensors(PickleDict dict) =>
        dict.Entries.Values.Any(v => v is PickleTensor)
        || Nests.Any(n => dict.Entries.GetValueOrDefault(n) is PickleDict inner && inner.Entries.Values.Any(v => v is PickleTensor));

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
                case List<object?> { Count: > 0 } list when list.All(i => i is string) && list.Sum(i => (long)((string)i!).Length) <= input.Limits.MaxStringBytes:
                    state.Metadata[name] = JsonSerializer.Serialize(list.Cast<string>());
                    break;
            }
        }
    }
}
