namespace FineTune.Weights;

/// <summary>Sizes of the element types, and their names in the file formats: one row a type.</summary>
public static class TensorTypes
{
    private static readonly Row[] Rows =
    [
        new(TensorType.Bool, 1, "BOOL", "BoolStorage", "bool"),
        new(TensorType.UInt8, 1, "U8", "ByteStorage", "uint8"),
        new(TensorType.Int8, 1, "I8", "CharStorage", "int8"),
        new(TensorType.Int16, 2, "I16", "ShortStorage", "int16"),
        new(TensorType.Int32, 4, "I32", "IntStorage", "int32"),
        new(TensorType.Int64, 8, "I64", "LongStorage", "int64"),
        new(TensorType.Float16, 2, "F16", "HalfStorage", "float16"),
        new(TensorType.BFloat16, 2, "BF16", "BFloat16Storage", "bfloat16"),
        new(TensorType.Float32, 4, "F32", "FloatStorage", "float32"),
        new(TensorType.Float64, 8, "F64", "DoubleStorage", "float64"),
    ];

    /// <summary>Bytes of one element: 1, 2, 4 or 8.</summary>
    public static int Size(this TensorType type) => Rows[(int)type].Size;

    /// <summary>The type's name in a safetensors header, such as "F32".</summary>
    public static string SafetensorsName(this TensorType type) => Rows[(int)type].Safetensors;

    /// <summary>The class of torch that holds elements of this type, such as "FloatStorage".</summary>
    internal static string StorageName(this TensorType type) => Rows[(int)type].Storage;

    /// <summary>The type's name in torch, such as "float32".</summary>
    internal static string TorchName(this TensorType type) => Rows[(int)type].Torch;

    internal static TensorType? FromSafetensors(string name)
    {
        foreach (var row in Rows)
        {
            if (row.Safetensors == name)
                return row.Type;
        }

        return null;
    }

    private sealed record Row(TensorType Type, int Size, string Safetensors, string Storage, string Torch);
}
