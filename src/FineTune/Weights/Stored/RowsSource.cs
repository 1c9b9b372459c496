using System.IO.Hashing;

namespace FineTune.Weights;

/// <summary>Elements that are stored row by row, without gaps.</summary>
/// <param name="storage">The bytes that they are a part of.</param>
/// <param name="first">Where they begin there.</param>
/// <param name="length">Their bytes.</param>
internal sealed class RowsSource(StoredBytes storage, long first, long length) : TensorSource
{
    public override ReadOnlyMemory<byte>? InMemory => storage.InMemory(first, length);

    public override void Verify() => storage.Verify();

    public override PieceReader Open() => (offset, to) => storage.Read(first + offset, to);

    /// <summary>Where the elements are all of the storage, its checksum is compared on the way: one reading is enough.</summary>
    public override void Scan(long bytes, PieceVisitor visit, Span<byte> into)
    {
        if (!storage.Unverified || bytes != storage.Length)
        {
            base.Scan(bytes, visit, into);
            return;
        }

        var found = new Crc32();
        Pieces.Read(bytes, storage.ReadUnverified, piece =>
        {
            found.Append(piece);
            visit(piece);
        }, into);
        storage.Confirm(found.GetCurrentHashAsUInt32());
    }
}
