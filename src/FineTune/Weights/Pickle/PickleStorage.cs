namespace FineTune.Weights;

/// <summary>A run of elements that tensors are views of: named in the pickle, stored elsewhere in the file.</summary>
/// <param name="Key">The storage's name in the file.</param>
/// <param name="Type">The element type; UInt8 for an untyped storage.</param>
/// <param name="Count">Elements of the whole storage.</param>
/// <param name="First">The first element of the view of it that the pickle names; 0 but for very old files.</param>
/// <param name="ViewCount">Elements of that view.</param>
internal sealed record PickleStorage(string Key, TensorType Type, long Count, long First, long ViewCount)
{
    /// <summary>Bytes of the whole storage.</summary>
    public long Bytes => Count * Type.Size();
}
