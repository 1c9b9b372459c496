using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>A block that can say what it computes at inference with its batch norms folded into its convolutions.</summary>
internal interface IFoldable
{
    /// <summary>The block's inference form. Weights are copied: later changes of the block are not seen.</summary>
    /// <param name="owned">Given the copies, to be freed with the form.</param>
    Func<Tensor, Tensor> Folded(ICollection<IDisposable> owned);
}

/// <summary>
/// The inference form of layers: y = gamma (conv(x) - mean) / sqrt(var + eps) + beta is one convolution with weights
/// w gamma / sqrt(var + eps) and bias beta - mean gamma / sqrt(var + eps) (Jacob et al. 2018, 3.2).
/// </summary>
internal static class Fold
{
    /// <summary>The inference form of modules that run one after another.</summary>
    /// <param name="modules">In order; nested sequentials are opened.</param>
    /// <param name="owned">Given the folded weights, to be freed with the form.</param>
    public static Func<Tensor, Tensor> Chain(IReadOnlyList<nn.Module<Tensor, Tensor>> modules, ICollection<IDisposable> owned)
    {
        var steps = Steps([.. modules.SelectMany(Flatten)], owned);
        return input =>
        {
            var x = steps[0](input);
            for (var k = 1; k < steps.Length; k++)
                x = x.Replace(steps[k](x));
            return x;
        };
    }

    /// <summary>A convolution and the batch norm behind it as one.</summary>
    public static Func<Tensor, Tensor> Pair(Conv2d conv, BatchNorm2d norm, ICollection<IDisposable> owned)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var (mean, variance) = (norm.running_mean!, norm.running_var!);
        var scale = norm.weight! / (variance + norm.eps).sqrt(); // [out]
        var weight = (conv.weight * scale.view(-1, 1, 1, 1)).DetachFromDisposeScope();
        var bias = (norm.bias! - ((mean - (conv.bias ?? zeros([1]))) * scale)).DetachFromDisposeScope();
        owned.Add(weight);
        owned.Add(bias);
        var (stride, padding, dilation, groups) = (conv.stride, conv.padding, conv.dilation, conv.groups);
        return x => nn.functional.conv2d(x, weight, bias, stride, padding, dilation, groups);
    }

    private static Func<Tensor, Tensor>[] Steps(nn.Module<Tensor, Tensor>[] modules, ICollection<IDisposable> owned)
    {
        var steps = new List<Func<Tensor, Tensor>>();
        for (var k = 0; k < modules.Length; k++)
        {
            if (modules[k] is Conv2d conv && k + 1 < modules.Length && modules[k + 1] is BatchNorm2d norm)
            {
                steps.Add(Pair(conv, norm, owned));
                k++;
            }
            else
            {
                steps.Add(modules[k] is IFoldable block ? block.Folded(owned) : modules[k].call);
            }
        }

        return [.. steps];
    }

    /// <summary>The modules of nested sequentials, in order.</summary>
    private static IEnumerable<nn.Module<Tensor, Tensor>> Flatten(nn.Module<Tensor, Tensor> module) => module is Sequential sequential
        ? Enumerable.Range(0, sequential.Count).SelectMany(k => Flatten((nn.Module<Tensor, Tensor>)sequential[k]))
        : [module];
}
