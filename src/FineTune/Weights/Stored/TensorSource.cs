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
    public virtual void Scan(long length, PieceVisitor visit) => Pieces.Read(length, Open(), visit);
}
