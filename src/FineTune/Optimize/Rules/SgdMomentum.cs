using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>
/// Momentum as PyTorch and the tutorials write it: the learning rate multiplies the whole velocity, so that a change of it
/// acts at once (Sutskever et al. 2013, rewritten). What `sgd` with a momentum means.
/// </summary>
/// <param name="lr">Learning rate.</param>
/// <param name="momentum">Decay of the velocity.</param>
/// <param name="dampening">Part of the gradient that does not enter the velocity after the first step.</param>
/// <param name="nesterov">Looks ahead by one velocity.</param>
/// <param name="weightDecay">L2 penalty.</param>
internal readonly struct SgdMomentum(Coefficient lr, Coefficient momentum, Coefficient dampening, bool nesterov, Coefficient weightDecay)
    : IRule
{
    public static IReadOnlyList<string> Slots => ["v"];

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T v, ref T _, ref T __, ref T ___)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        v = (momentum * v) + ((1 - dampening) * g);
        w -= lr * (nesterov ? g + (momentum * v) : v);
    }
}
