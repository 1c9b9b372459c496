namespace FineTune.Weights;

/// <summary>Where a tensor's elements come from. They are given row by row, without gaps, however they are stored.</summary>
internal abstract class TensorSource
{
    /// <summary>The elements where they lie in memory like that; null where they have to be read.</summary>
    public virtual ReadOnlyMemory<byte>? InMemory => null;

    /// <summary>Compares the checksum of the storage, where it has one that was not compared yet.</summary>
    public virtual void Verify()
    {
    }

    /// <summary>What reads the elements from any position on.</summary>
    public abstract PieceReader Open();

    /// <summary>Visits the first <paramref name="length"/> bytes in pieces of <see cref="Pieces.Size"/>.</summary>
    /// <param name="length">How many.</param>
    /// <param name="visit">Is given each piece.</param>
    /// <param name="into">Where they are to stay, of that length; empty where they are only looked at.</param>
    public virtual void Scan(long length, PieceVisitor visit, Span<byte> into) => Pieces.Read(length, Open(), visit, into);
}
