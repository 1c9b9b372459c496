namespace FineTune.Weights;

/// <summary>
/// The fixed table of names that a pickle may use, after torch's own for weights_only. Nothing is ever imported, looked up by
/// reflection or called: a row says which of our own few functions stands for the name.
/// </summary>
internal static class PickleGlobals
{
    private static readonly Dictionary<(string Module, string Name), PickleGlobal> Table = Make();

    public static PickleGlobal? Find(string module, string name) => Table.GetValueOrDefault((module, name));

    private static Dictionary<(string Module, string Name), PickleGlobal> Make()
    {
        var inert = new PickleGlobal(PickleGlobalKind.Inert);
        var rebuild = new PickleGlobal(PickleGlobalKind.RebuildTensor);
        var parameter = new PickleGlobal(PickleGlobalKind.RebuildParameter);
        var untyped = new PickleGlobal(PickleGlobalKind.Storage);
        var table = new Dictionary<(string Module, string Name), PickleGlobal>
        {
            [("collections", "OrderedDict")] = new(PickleGlobalKind.Dict),
            [("collections", "Counter")] = inert,
            [("torch", "Size")] = new(PickleGlobalKind.Size),
            [("torch", "device")] = inert,
            [("torch", "Tensor")] = inert,
            [("torch.nn.parameter", "Parameter")] = inert,
            [("torch._utils", "_rebuild_tensor")] = rebuild,
            [("torch._utils", "_rebuild_tensor_v2")] = rebuild,
            [("torch._utils", "_rebuild_tensor_v3")] = new(PickleGlobalKind.RebuildTensorV3),
            [("torch._utils", "_rebuild_parameter")] = parameter,
            [("torch._utils", "_rebuild_parameter_with_state")] = parameter,
            [("torch._tensor", "_rebuild_from_type_v2")] = new(PickleGlobalKind.RebuildFromType),
            [("torch", "UntypedStorage")] = untyped,
            [("torch.storage", "UntypedStorage")] = untyped,
            [("_codecs", "encode")] = inert,
            [("argparse", "Namespace")] = inert,
            [("numpy", "dtype")] = inert,
            [("numpy", "ndarray")] = inert,
        };
        foreach (var module in new[] { "numpy.core.multiarray", "numpy._core.multiarray" })
        {
            table[(module, "scalar")] = inert;
            table[(module, "_reconstruct")] = inert;
        }

        foreach (var module in new[] { "builtins", "__builtin__" })
        {
            foreach (var name in new[] { "set", "frozenset", "bytearray", "complex" })
                table[(module, name)] = inert;
        }

        foreach (var type in Enum.GetValues<TensorType>())
        {
            table[("torch", type.StorageName())] = new(PickleGlobalKind.Storage, type);
            table[("torch", type.TorchName())] = new(PickleGlobalKind.Type, type);
        }

        return table;
    }
}
