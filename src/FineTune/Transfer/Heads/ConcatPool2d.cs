using FineTune.Models;
using static TorchSharp.torch;

namespace FineTune.Transfer.Heads;

/// <summary>The largest and the mean of each channel: [N, C, h, w] -> [N, 2 C].</summary>
internal sealed class ConcatPool2d() : ExplicitModule(nameof(ConcatPool2d))
{
    public override Tensor forward(Tensor input)
    {
        using var largest = input.amax(2, 3);
        using var mean = input.mean([2, 3]);
        return cat([largest, mean], 1);
    }
}
