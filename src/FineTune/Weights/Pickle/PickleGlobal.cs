namespace FineTune.Weights;

/// <summary>What a name in a pickle stands for.</summary>
internal enum PickleGlobalKind
{
    /// <summary>A dict that keeps its order.</summary>
    Dict,

    /// <summary>A tuple of sizes.</summary>
    Size,

    /// <summary>A class of storage, with its element type.</summary>
    Storage,

    /// <summary>An element type.</summary>
    Type,

    /// <summary>Makes a tensor of (storage, offset, size, stride, ...).</summary>
    RebuildTensor,

    /// <summary>The same with an element type of its own over untyped bytes.</summary>
    RebuildTensorV3,

    /// <summary>Makes a parameter of (tensor, ...).</summary>
    RebuildParameter,

    /// <summary>Calls another row of this table: (function, class, arguments, state).</summary>
    RebuildFromType,

    /// <summary>Python's getattr, by which enums name their members: (class, name). Refused for anything else.</summary>
    Member,

    /// <summary>Makes an object that nothing here needs: it is dropped.</summary>
    Inert,
}

/// <summary>A row of the table of names that a pickle may use.</summary>
/// <param name="Kind">What the name stands for.</param>
/// <param name="Type">The element type, for a storage and for a type.</param>
internal sealed record PickleGlobal(PickleGlobalKind Kind, TensorType Type = TensorType.UInt8)
{
    /// <summary>What a call of it gives, where it is inert.</summary>
    public PickleInert Instance { get; private init; } = PickleInert.Value;

    /// <summary>A class, or a function that makes objects of one, whose objects are dropped.</summary>
    public static PickleGlobal Inert(string module, string name) => new(PickleGlobalKind.Inert) { Instance = new($"{module}.{name}") };
}
