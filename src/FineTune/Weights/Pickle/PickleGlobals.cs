namespace FineTune.Weights;

/// <summary>
/// The table of names that mean something, after torch's own for weights_only. Nothing is ever imported, looked up by reflection or
/// called: a row says which of our own few functions stands for the name. Objects of every other class are dropped.
/// </summary>
internal static class PickleGlobals
{
    private static readonly string[] Builtins = ["builtins", "__builtin__"];

    private static readonly string[] Values =
    [
        "set", "frozenset", "bytearray", "complex", "object", "list", "dict", "tuple", "int", "float", "str", "bytes", "bool", "slice",
        "range",
    ];

    private static readonly Dictionary<(string Module, string Name), PickleGlobal> Table = Make();

    public static PickleGlobal? Find(string module, string name) => Table.GetValueOrDefault((module, name));

    private static Dictionary<(string Module, string Name), PickleGlobal> Make()
    {
        var rebuild = new PickleGlobal(PickleGlobalKind.RebuildTensor);
        var parameter = new PickleGlobal(PickleGlobalKind.RebuildParameter);
        var untyped = new PickleGlobal(PickleGlobalKind.Storage);
        var table = new Dictionary<(string Module, string Name), PickleGlobal>
        {
            [("collections", "OrderedDict")] = new(PickleGlobalKind.Dict),
            [("torch", "Size")] = new(PickleGlobalKind.Size),
            [("torch._utils", "_rebuild_tensor")] = rebuild,
            [("torch._utils", "_rebuild_tensor_v2")] = rebuild,
            [("torch._utils", "_rebuild_tensor_v3")] = new(PickleGlobalKind.RebuildTensorV3),
            [("torch._utils", "_rebuild_parameter")] = parameter,
            [("torch._utils", "_rebuild_parameter_with_state")] = parameter,
            [("torch._tensor", "_rebuild_from_type_v2")] = new(PickleGlobalKind.RebuildFromType),
            [("torch", "UntypedStorage")] = untyped,
            [("torch.storage", "UntypedStorage")] = untyped,
        };
        foreach (var module in Builtins)
            table[(module, "getattr")] = new(PickleGlobalKind.Member);
        foreach (var (module, name) in Inert())
            table[(module, name)] = PickleGlobal.Inert(module, name);
        foreach (var type in Enum.GetValues<TensorType>())
        {
            table[("torch", type.StorageName())] = new(PickleGlobalKind.Storage, type);
            table[("torch", type.TorchName())] = new(PickleGlobalKind.Type, type);
        }

        return table;
    }

    /// <summary>Python's and torch's own values, which say nothing of a file; classes of others are told by name.</summary>
    private static IEnumerable<(string Module, string Name)> Inert() =>
    [
        ("collections", "Counter"), ("torch", "device"), ("torch", "Tensor"), ("torch.nn.parameter", "Parameter"), ("_codecs", "encode"),
        .. from module in new[] { "numpy.core.multiarray", "numpy._core.multiarray" }
           from name in new[] { "scalar", "_reconstruct" }
           select (module, name),
        ("numpy", "dtype"), ("numpy", "ndarray"),
        .. from module in Builtins from name in Values select (module, name),
        ("copyreg", "_reconstructor"), ("copy_reg", "_reconstructor"),
    ];
}
