using FineTune.Optimize.Lanes;
using FineTune.Optimize.Rules;
using static TorchSharp.torch;

namespace FineTune.Optimize;

/// <summary>The same rule as tensor expressions: on any device, and the check of the fused pass.</summary>
internal static class TensorSweep
{
    /// <summary>Applies the rule to whole tensors, in place.</summary>
    /// <param name="rule">The rule of this step.</param>
    /// <param name="w">Weights, changed.</param>
    /// <param name="g">Gradients, of the same shape.</param>
    /// <param name="slots">What the rule remembers, changed; as many as the rule has slots.</param>
    public static void Run<R>(R rule, Tensor w, Tensor g, Tensor[] slots)
        where R : struct, IRule
    {
        using var scope = NewDisposeScope();
        var lw = new TensorLane(w);
        var l = new TensorLane[4];
        for (var k = 0; k < slots.Length; k++)
            l[k] = new TensorLane(slots[k]);
        rule.Step(ref lw, new TensorLane(g), ref l[0], ref l[1], ref l[2], ref l[3]);
        w.copy_(lw.Value);
        for (var k = 0; k < slots.Length; k++)
            slots[k].copy_(l[k].Value);
    }
}
