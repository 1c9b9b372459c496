using FineTune.Engine;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Models.Graph;

/// <summary>A step of the inference form.</summary>
/// <param name="Step">What runs.</param>
/// <param name="Norm">The batch norm that is folded into it, a convolution; null: none.</param>
/// <param name="Inputs">The steps of the form whose outputs it takes; <see cref="Node.StageInput"/> for what goes into the stage.</param>
internal sealed record FormStep(Step Step, BatchNorm2d? Norm, IReadOnlyList<int> Inputs);

/// <summary>
/// The inference form of steps: y = gamma (conv(x) - mean) / sqrt(var + eps) + beta is one convolution with weights
/// w gamma / sqrt(var + eps) and bias beta - mean gamma / sqrt(var + eps) (Jacob et al. 2018, 3.2).
/// </summary>
internal static class InferenceForm
{
    /// <summary>The steps, with each batch norm folded into the convolution before it where that has no other use.</summary>
    /// <param name="steps">Of a stage.</param>
    public static IReadOnlyList<FormStep> Of(IReadOnlyList<Step> steps)
    {
        var form = new List<FormStep>();
        var places = new int[steps.Count]; // of a step's output in the form
        for (var k = 0; k < steps.Count; k++)
        {
            if (NormAfter(steps, k) is not null)
                continue;
            var step = steps[k];
            var folded = step.Inputs is [>= 0 and var before] && ReferenceEquals(NormAfter(steps, before), step) ? steps[before] : null;
            int[] inputs = [.. (folded ?? step).Inputs.Select(i => i < 0 ? i : places[i])];
            form.Add(folded is null ? new FormStep(step, null, inputs) : new FormStep(folded, (BatchNorm2d)step.Module!, inputs));
            places[k] = form.Count - 1;
        }

        return form;
    }

    /// <summary>The plan of the form. Weights are copied: later changes are not seen.</summary>
    /// <param name="steps">Of a stage.</param>
    /// <param name="owned">Given the copies, to be freed with the plan.</param>
    public static ExecutionPlan Plan(IReadOnlyList<Step> steps, ICollection<IDisposable> owned) => new(
    [
        .. Of(steps).Select(f => f.Norm is null
            ? new Operation(f.Step.Run, f.Inputs, f.Step.OutputIsFree)
            : new Operation(Pair((Conv2d)f.Step.Module!, f.Norm, owned), f.Inputs, OutputIsFree: true)),
    ]);

    /// <summary>
    /// The weights [out, in / groups, h, w] and the bias [out] of a convolution with its batch norm; the caller frees both.
    /// </summary>
    public static (Tensor Weight, Tensor Bias) Fold(Conv2d conv, BatchNorm2d norm)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var (mean, variance) = (norm.running_mean!, norm.running_var!);
        var scale = norm.weight! / variance.Plus(norm.eps).sqrt(); // [out]
        var weight = (conv.weight * scale.view(-1, 1, 1, 1)).DetachFromDisposeScope();
        var bias = (norm.bias! - ((mean - (conv.bias ?? zeros_like(mean))) * scale)).DetachFromDisposeScope();
        return (weight, bias);
    }

    /// <summary>
    /// The batch norm that a step, a convolution, is folded with: the only one that takes its output; null where there is none.
    /// </summary>
    private static Step? NormAfter(IReadOnlyList<Step> steps, int conv)
    {
        if (steps[conv] is not { Module: Conv2d { padding: not null, padding_mode: TorchSharp.PaddingModes.Zeros }, Substitute: null })
            return null;
        var users = steps.Where(s => s.Inputs.Contains(conv)).Take(2).ToArray();
        return users is
            [{ Substitute: null, Module: BatchNorm2d { running_mean: not null, running_var: not null, weight: not null, bias: not null } }]
            ? users[0]
            : null;
    }

    private static Func<Tensor[], bool, Tensor> Pair(Conv2d conv, BatchNorm2d norm, ICollection<IDisposable> owned)
    {
        var (weight, bias) = Fold(conv, norm);
        owned.Add(weight);
        owned.Add(bias);
        var (stride, padding, dilation, groups) = (conv.stride, conv.padding, conv.dilation, conv.groups);
        return (x, _) => nn.functional.conv2d(x[0], weight, bias, stride, padding, dilation, groups);
    }
}
