namespace FineTune.Optimize;

/// <summary>Segments that are trained alike.</summary>
/// <param name="Name">What a table calls it, such as "head" or "body, biases and norms".</param>
/// <param name="LrScale">Factor on the scheduled learning rate.</param>
/// <param name="WeightDecay">Weight decay of these parameters.</param>
/// <param name="Segments">From input to head.</param>
public sealed record ParameterGroup(string Name, double LrScale, double WeightDecay, IReadOnlyList<Segment> Segments)
{
    /// <summary>Neighbouring segments as one range of the vector.</summary>
    internal IEnumerable<(long Offset, long End)> Runs()
    {
        var (start, end) = (-1L, -1L);
        foreach (var s in Segments.OrderBy(s => s.Offset))
        {
            if (s.Offset != end)
            {
                if (end > start)
                    yield return (start, end);
                start = s.Offset;
            }

            end = s.End;
        }

        if (end > start)
            yield return (start, end);
    }
}
