using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Distributed;

/// <summary>
/// A sum over ranks in a stated order: the parts of rank 0 as they come, then those of rank 1, and so on, whatever algorithm the library
/// has. Each rank sums a piece of the vector (reduce-scatter), and the pieces go to all (all-gather): as many bytes travel as in a ring.
/// </summary>
internal static class OrderedSum
{
    private const long Piece = 1 << 22; // values at once: bounds the memory beside the vectors

    /// <summary>Sums parts over the ranks.</summary>
    /// <param name="ranks">Each with the same number of parts.</param>
    /// <param name="parts">At least one: [n] float32. May be <paramref name="sum"/> itself.</param>
    /// <param name="sum">[n] float32: becomes the sum.</param>
    /// <param name="wire">What values travel as; they are summed in float32.</param>
    public static void Sum(ICommunicator ranks, IReadOnlyList<Tensor> parts, Tensor sum, ScalarType wire = ScalarType.Float32)
    {
        using var _ = no_grad();
        for (var at = 0L; at < sum.numel(); at += Piece)
        {
            using var scope = NewDisposeScope();
            var n = Math.Min(Piece, sum.numel() - at);
            var each = (n + ranks.Size - 1) / ranks.Size;
            var theirs = parts.Select(p => Scatter(ranks, p.narrow(0, at, n), each, wire)).ToArray(); // [ranks, each] a part
            var total = theirs[0][0].clone();
            for (var rank = 0; rank < ranks.Size; rank++)
            {
                foreach (var part in theirs.Skip(rank == 0 ? 1 : 0))
                    total.Add(part[rank]);
            }

            var all = empty([ranks.Size, each], wire, sum.device);
            ranks.AllGather(total.to(wire), all);
            sum.narrow(0, at, n).copy_(all.view(-1).narrow(0, 0, n));
        }
    }

    private static Tensor Scatter(ICommunicator ranks, Tensor piece, long each, ScalarType wire)
    {
        var mine = zeros([ranks.Size, each], wire, piece.device);
        mine.view(-1).narrow(0, 0, piece.numel()).copy_(piece);
        var theirs = empty_like(mine);
        ranks.AllToAll(mine, theirs);
        return theirs.to(ScalarType.Float32);
    }
}
