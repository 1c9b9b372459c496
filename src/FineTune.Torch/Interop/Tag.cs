using System.Runtime.InteropServices;

namespace FineTune.Torch;

/// <summary>What kind of value crosses the border; the same numbers as in native/bridge.h.</summary>
internal enum Tag
{
    None,
    Tensor,
    Int,
    Double,
    Bool,
    IntList,
    Default,
    TensorList,
    Device,
    String,
    DoubleList,
    OptionalTensorList,
    Generator,
}

/// <summary>One argument or result, as the native half lays it out.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct NativeValue
{
    [FieldOffset(0)]
    public int Tag;

    [FieldOffset(4)]
    public int Count;

    [FieldOffset(8)]
    public long Int;

    [FieldOffset(8)]
    public double Double;

    [FieldOffset(8)]
    public nint Pointer;
}
