using static TorchSharp.torch;

namespace FineTune.Engine;

/// <summary>
/// Gradients as values. An error within TorchSharp's autograd.grad ends the process; autograd.backward throws, so the gradients are
/// taken from where it leaves them, and what was there is put back.
/// </summary>
internal static class Gradients
{
    /// <summary>The gradient of outputs by inputs.</summary>
    /// <param name="outputs">Scalars, or tensors with a direction each.</param>
    /// <param name="inputs">Leaves that require a gradient.</param>
    /// <param name="directions">As <paramref name="outputs"/> in shape; null for scalars.</param>
    /// <param name="retainGraph">Whether <paramref name="outputs"/> are differentiated again.</param>
    /// <param name="createGraph">Whether the gradients are; the graph is then retained too.</param>
    /// <returns>For each input its gradient, the caller's to free, or null where no output depends on it.</returns>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">
    /// As libtorch says: an output that needs no gradient, a graph that is gone.
    /// </exception>
    public static Tensor?[] Of(
        IList<Tensor> outputs,
        IList<Tensor> inputs,
        IList<Tensor>? directions = null,
        bool retainGraph = false,
        bool createGraph = false)
    {
        var before = inputs.Select(i => i.grad).ToArray();
        try
        {
            foreach (var input in inputs)
                input.grad = null;
            autograd.backward(outputs, directions, retainGraph || createGraph, createGraph, inputs);
            return [.. inputs.Select(i => i.grad)];
        }
        finally
        {
            for (var k = 0; k < inputs.Count; k++)
            {
                inputs[k].grad = before[k];
                before[k]?.Dispose();
            }
        }
    }
}
