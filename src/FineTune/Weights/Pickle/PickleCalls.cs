namespace FineTune.Weights;

/// <summary>Our own functions for the names of <see cref="PickleGlobals"/>. None of them does more than put values together.</summary>
internal sealed class PickleCalls(WeightInput input)
{
    /// <summary>How many values a call copies: what it counts for against the limit on operations.</summary>
    public static long Cost(object?[] arguments) => arguments is [List<object?> pairs] ? pairs.Count : arguments.Length;

    public object? Call(PickleGlobal callee, object?[] arguments) => callee.Kind switch
    {
        PickleGlobalKind.Dict => Dict(arguments),
        PickleGlobalKind.Size => arguments is [var sizes] ? sizes : throw Wrong("torch.Size"),
        PickleGlobalKind.RebuildTensor => Tensor(arguments, null),
        PickleGlobalKind.RebuildTensorV3 => arguments is [_, _, _, _, _, _, PickleGlobal { Kind: PickleGlobalKind.Type } type, ..]
            ? Tensor(arguments, type.Type)
            : throw Wrong("_rebuild_tensor_v3"),
        PickleGlobalKind.RebuildParameter => arguments is [PickleTensor tensor, ..] ? tensor : throw Wrong("_rebuild_parameter"),
        PickleGlobalKind.RebuildFromType =>
            arguments is [PickleGlobal { Kind: not PickleGlobalKind.RebuildFromType } function, PickleGlobal, object?[] inner, ..]
                ? Call(function, inner)
                : throw Wrong("_rebuild_from_type_v2"),
        PickleGlobalKind.Inert => Made(callee, arguments),
        PickleGlobalKind.Member => Member(arguments),
        _ => throw input.Fail("its pickle calls a type as if it were a function"),
    };

    /// <summary>An object's class is the one called, or the first argument of a function that makes objects of any class.</summary>
    private static PickleInert Made(PickleGlobal callee, object?[] arguments) =>
        arguments is [PickleGlobal { Kind: PickleGlobalKind.Inert } made, ..] ? made.Instance : callee.Instance;

    private PickleInert Member(object?[] arguments) =>
        arguments is [PickleGlobal { Kind: PickleGlobalKind.Inert } type, string name] && !name.StartsWith("__", StringComparison.Ordinal)
            ? type.Instance
            : throw WeightException.Calls(input.Path, "builtins", "getattr");

    private PickleDict Dict(object?[] arguments)
    {
        var dict = new PickleDict();
        if (arguments.Length == 0)
            return dict;
        if (arguments is not [List<object?> pairs])
            throw Wrong("OrderedDict");
        foreach (var pair in pairs)
        {
            // Python 2 wrote each pair as a list.
            switch (pair)
            {
                case List<object?> and [var key, var value]:
                    dict.Set(key, value);
                    break;
                case object?[] and [var key, var value]:
                    dict.Set(key, value);
                    break;
                default:
                    throw Wrong("OrderedDict");
            }
        }

        return dict;
    }

    private PickleTensor Tensor(object?[] arguments, TensorType? type)
    {
        if (arguments is not [PickleStorage storage, long offset, var sizes, var strides, ..]
            || Longs(sizes) is not { } shape
            || Longs(strides) is not { } stride
            || shape.Length != stride.Length)
        {
            throw Wrong("_rebuild_tensor");
        }
        var elementType = type ?? storage.Type;
        if (shape.Length > input.Limits.MaxDimensions)
            throw input.Fail($"a tensor has {shape.Length} dimensions; at most {input.Limits.MaxDimensions} are read");
        if (shape.Any(side => side < 0))
            throw input.Fail($"a tensor of shape {Shapes.Text(shape)} cannot be: a side is below 0");
        if (Shapes.Bytes(elementType, shape) is not { } bytes || bytes > input.Limits.MaxTotalBytes)
            throw input.Fail($"a tensor of shape {Shapes.Text(shape)} is larger than {input.Limits.MaxTotalBytes} bytes");
        var available = storage.ViewCount * storage.Type.Size() / elementType.Size();
        if (!Fits(offset, shape, stride, available, isEmpty: bytes == 0))
        {
            throw input.Fail($"a tensor of shape {Shapes.Text(shape)}, stride {Shapes.Text(stride)} and offset {offset} reaches beyond its "
                + $"storage of {available} elements");
        }
        return new PickleTensor(storage, elementType, offset, shape, stride);
    }

    /// <summary>True where every element lies in the storage. No sum is formed that could overflow.</summary>
    private static bool Fits(long offset, long[] shape, long[] stride, long available, bool isEmpty)
    {
        if (offset < 0 || offset > available)
            return false;
        Int128 last = offset;
        for (var d = 0; d < shape.Length; d++)
        {
            if (stride[d] < 0)
                return false;
            last += isEmpty ? 0 : (Int128)(shape[d] - 1) * stride[d];
            if (last > available)
                return false;
        }

        return isEmpty || last < available;
    }

    private static long[]? Longs(object? value)
    {
        if (value is not object?[] items || items.Length > 1024)
            return null;
        var longs = new long[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i] is not long number)
                return null;
            longs[i] = number;
        }

        return longs;
    }

    private WeightException Wrong(string function) => input.Fail($"its pickle calls {function} with arguments that do not fit it");
}
