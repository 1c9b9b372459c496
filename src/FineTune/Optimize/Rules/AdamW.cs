using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2; scaled by lr as PyTorch does).</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="beta1">Decay of the first moment.</param>
/// <param name="beta2">Decay of the second moment.</param>
/// <param name="eps">Added to the root.</param>
/// <param name="weightDecay">Part of the weight taken off a step, times lr.</param>
/// <param name="t">The step, from 1; null: no correction of the moments.</param>
internal readonly struct AdamW(Coefficient lr, Coefficient beta1, Coefficient beta2, Coefficient eps, Coefficient weightDecay, long? t)
    : IRule
{
    private readonly Coefficient _shrink = 1 - (lr.Value * weightDecay.Value);
    private readonly Adam _adam = new(lr, beta1, beta2, eps, 0, t);

    public static IReadOnlyList<string> Slots => Adam.Slots;

    public static int Count => Adam.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T m, ref T v, ref T c, ref T d)
        where T : struct, ILane<T>
    {
        w = _shrink * w;
        _adam.Step(ref w, g, ref m, ref v, ref c, ref d);
    }
}
