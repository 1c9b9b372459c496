namespace FineTune.Weights;

/// <summary>Elements in memory.</summary>
internal sealed class MemorySource(ReadOnlyMemory<byte> bytes) : TensorSource
{
    public override ReadOnlyMemory<byte>? InMemory => bytes;

    public override PieceReader Open() => (offset, to) => bytes.Span.Slice((int)offset, to.Length).CopyTo(to);
}
