using static TorchSharp.torch;

namespace FineTune.Optimize.SecondOrder;

/// <summary>The trainable parameters as plain doubles, one after another without the padding between segments, and back.</summary>
internal sealed class VectorLayout
{
    private readonly Segment[] _segments;
    private readonly long _line;

    public VectorLayout(ParameterVector vector)
    {
        (_segments, _line) = ([.. vector.TrainableSegments], vector.Line);
        Length = checked((int)_segments.Sum(s => s.Length));
    }

    /// <summary>Elements without padding.</summary>
    public int Length { get; }

    /// <summary>Reads a vector that is laid out as the gradient.</summary>
    public void Gather(Tensor vector, Span<double> values)
    {
        using var here = vector.cpu();
        var floats = ParameterVector.Floats(here);
        var at = 0;
        foreach (var s in _segments)
        {
            foreach (var value in floats.Slice((int)(s.Offset - _line), (int)s.Length))
                values[at++] = value;
        }
    }

    /// <summary>Writes a vector that is laid out as the gradient, and rounds the values to what was written.</summary>
    public void Scatter(Span<double> values, Tensor vector)
    {
        using var here = vector.cpu();
        var floats = ParameterVector.Floats(here);
        var at = 0;
        foreach (var s in _segments)
        {
            foreach (ref var value in floats.Slice((int)(s.Offset - _line), (int)s.Length))
            {
                value = (float)values[at];
                values[at++] = value;
            }
        }

        using var _ = no_grad();
        if (vector.device_type != TorchSharp.DeviceType.CPU)
            vector.copy_(here);
    }
}
