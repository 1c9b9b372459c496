using System.Runtime.InteropServices;
using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Optimize.SecondOrder;

/// <summary>
/// The exact Hessian of a loss by its parameters, as autograd knows it: the graph of the gradient is kept and differentiated
/// again for each product (Pearlmutter 1994). Vectors are the parameters' elements, one after another.
/// </summary>
public sealed class HessianGraph : IHessian
{
    private readonly Tensor[] _parameters;
    private readonly Tensor?[] _gradients;

    /// <param name="loss">A scalar that depends on the parameters; taken over, and freed.</param>
    /// <param name="parameters">Leaves that require a gradient. Their values must stay while products are taken.</param>
    public HessianGraph(Tensor loss, IEnumerable<Tensor> parameters)
    {
        using var scope = NewDisposeScope();
        _parameters = [.. parameters];
        _gradients = Gradients.Of([loss], _parameters, createGraph: true);
        foreach (var gradient in _gradients)
            gradient?.DetachFromDisposeScope();
        loss.Dispose();
    }

    /// <inheritdoc/>
    public void Multiply(ReadOnlySpan<double> v, Span<double> result)
    {
        using var scope = NewDisposeScope();
        var outputs = new List<Tensor>();
        var directions = new List<Tensor>();
        var at = 0;
        for (var k = 0; k < _parameters.Length; k++)
        {
            var count = checked((int)_parameters[k].numel());
            if (_gradients[k] is { requires_grad: true } gradient)
            {
                outputs.Add(gradient);
                directions.Add(Direction(v.Slice(at, count), gradient));
            }

            at += count;
        }

        result.Clear();
        if (outputs.Count == 0)
            return; // linear in all of them
        var products = Gradients.Of(outputs, _parameters, directions, retainGraph: true);
        at = 0;
        for (var k = 0; k < _parameters.Length; k++)
        {
            var count = (int)_parameters[k].numel();
            if (products[k] is { } product)
            {
                MemoryMarshal.Cast<byte, double>(product.detach().to(ScalarType.Float64, CPU).contiguous().bytes)
                    .CopyTo(result.Slice(at, count));
            }
            at += count;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var gradient in _gradients)
            gradient?.Dispose();
    }

    private static Tensor Direction(ReadOnlySpan<double> v, Tensor like)
    {
        var direction = empty(like.shape, ScalarType.Float64);
        MemoryMarshal.AsBytes(v).CopyTo(direction.bytes);
        return direction.to(like.dtype, like.device);
    }
}
