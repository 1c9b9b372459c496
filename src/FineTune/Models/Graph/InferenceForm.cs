using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Models.Graph;

/// <summary>
/// The inference form of steps: y = gamma (conv(x) - mean) / sqrt(var + eps) + beta is one convolution with weights
/// w gamma / sqrt(var + eps) and bias beta - mean gamma / sqrt(var + eps) (Jacob et al. 2018, 3.2).
/// </summary>
internal static class InferenceForm
{
    /// <summary>
    /// The plan of steps whose batch norms are folded into the convolutions before them. Weights are copied: later changes are not seen.
    /// </summary>
    /// <param name="steps">Of a stage.</param>
    /// <param name="owned">Given the copies, to be freed with the plan.</param>
    public static ExecutionPlan Plan(IReadOnlyList<Step> steps, ICollection<IDisposable> owned)
    {
        var operations = new List<Operation>();
        var places = new int[steps.Count]; // of a step's output among the operations
        for (var k = 0; k < steps.Count; k++)
        {
            if (NormAfter(steps, k) is not null)
                continue;
            var step = steps[k];
            var folded = step.Inputs is [>= 0 and var before] && ReferenceEquals(NormAfter(steps, before), step) ? steps[before] : null;
            int[] inputs = [.. (folded ?? step).Inputs.Select(i => i < 0 ? i : places[i])];
            operations.Add(folded is null
                ? new Operation(step.Run, inputs, step.OutputIsFree)
                : new Operation(Pair((Conv2d)folded.Module!, (BatchNorm2d)step.Module!, owned), inputs, OutputIsFree: true));
            places[k] = operations.Count - 1;
        }

        return new ExecutionPlan(operations);
    }

    /// <summary>
    /// The batch norm that a step, a convolution, is folded with: the only one that takes its output; null where there is none.
    /// </summary>
    private static Step? NormAfter(IReadOnlyList<Step> steps, int conv)
    {
        if (steps[conv] is not { Module: Conv2d { padding: not null, padding_mode: TorchSharp.PaddingModes.Zeros }, Substitute: null })
            return null;
        var users = steps.Where(s => s.Inputs.Contains(conv)).Take(2).ToArray();
        return users is [{ Substitute: null, Module: BatchNorm2d { running_mean: not null, running_var: not null, weight: not null, bias: not null } }]
            ? users[0]
            : null;
    }

    private static Func<Tensor[], bool, Tensor> Pair(Conv2d conv, BatchNorm2d norm, ICollection<IDisposable> owned)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var (mean, variance) = (norm.running_mean!, norm.running_var!);
        var scale = norm.weight! / (variance + norm.eps).sqrt(); // [out]
        var weight = (conv.weight * scale.view(-1, 1, 1, 1)).DetachFromDisposeScope();
        var bias = (norm.bias! - ((mean - (conv.bias ?? zeros_like(mean))) * scale)).DetachFromDisposeScope();
        owned.Add(weight);
        owned.Add(bias);
        var (stride, padding, dilation, groups) = (conv.stride, conv.padding, conv.dilation, conv.groups);
        return (x, _) => nn.functional.conv2d(x[0], weight, bias, stride, padding, dilation, groups);
    }
}
