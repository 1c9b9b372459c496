namespace FineTune.Optimize;

/// <summary>Where one parameter lies in the vector.</summary>
/// <param name="Name">Its name in the state dict.</param>
/// <param name="Stage">The index of its stage, from input to head.</param>
/// <param name="Offset">Its first element.</param>
/// <param name="Length">Its elements.</param>
/// <param name="Shape">Its shape.</param>
public sealed record Segment(string Name, int Stage, long Offset, long Length, long[] Shape)
{
    /// <summary>The next segment's offset: segments start on 64 bytes, and what lies between them is zero and stays so.</summary>
    public long End => Offset + Padded(Length);

    /// <summary>Whether weight decay is for it by default: not for biases nor for the gains of norms, which have one dimension.</summary>
    public bool Decays => Shape.Length > 1;

    /// <summary>A length rounded up to whole cache lines of sixteen floats.</summary>
    public static long Padded(long length) => (length + 15) / 16 * 16;
}
