using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Optimize.Lanes;

/// <summary>A whole tensor at once, on any device. What it makes lives until the scope around the step ends.</summary>
internal readonly struct TensorLane(Tensor value) : ILane<TensorLane>
{
    public Tensor Value { get; } = value;

    public static TensorLane operator +(TensorLane a, TensorLane b) => new(a.Value.Plus(b.Value));

    public static TensorLane operator -(TensorLane a, TensorLane b) => new(a.Value - b.Value);

    public static TensorLane operator *(TensorLane a, TensorLane b) => new(a.Value * b.Value);

    public static TensorLane operator /(TensorLane a, TensorLane b) => new(a.Value / b.Value);

    public static TensorLane operator *(Coefficient a, TensorLane b) => new(b.Value.Times(a.Value));

    public static TensorLane operator +(TensorLane a, Coefficient b) => new(a.Value.Plus(b.Value));

    public static TensorLane operator /(TensorLane a, Coefficient b) => new(a.Value.Over(b.Value));

    public static TensorLane Sqrt(TensorLane a) => new(a.Value.sqrt());

    public static TensorLane Abs(TensorLane a) => new(a.Value.abs());

    public static TensorLane Sign(TensorLane a) => new(a.Value.sign());

    public static TensorLane Max(TensorLane a, TensorLane b) => new(a.Value.maximum(b.Value));
}
