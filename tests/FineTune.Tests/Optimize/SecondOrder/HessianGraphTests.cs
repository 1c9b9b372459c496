using FineTune.Optimize.SecondOrder;
using static TorchSharp.torch;

namespace FineTune.Tests.Optimize.SecondOrder;

public sealed class HessianGraphTests
{
    [Fact]
    public void Products_are_the_closed_form_of_a_softmax_head()
    {
        var random = new RandomKey(5, 0, 0, RandomUse.Diagnose).Stream();
        double[] Normal(int n) => [.. Enumerable.Range(0, n).Select(_ => random.NextNormal())];
        using var scope = NewDisposeScope();
        var features = tensor(Normal(24), [6, 4]);
        long[] labels = [0, 1, 2, 2, 1, 0];
        using var head = new SoftmaxHead(features, labels, 3, 0);
        var (w, v) = (Normal(15), Normal(15));
        var (expected, found) = (new double[15], new double[15]);
        using var exact = head.Hessian(w);
        exact.Multiply(v, expected);

        var weight = tensor(w[..12], [3, 4]).requires_grad_();
        var bias = tensor(w[12..], [3]).requires_grad_();
        using var graph = new HessianGraph(nn.functional.cross_entropy(features.mm(weight.t()) + bias, tensor(labels)), [weight, bias]);
        graph.Multiply(v, found);
        graph.Multiply(v, found); // the graph is kept

        for (var i = 0; i < 15; i++)
            found[i].ShouldBe(expected[i], 1e-14);
    }

    [Fact]
    public void A_parameter_that_the_loss_does_not_depend_on_or_is_linear_in_has_no_curvature()
    {
        using var scope = NewDisposeScope();
        var curved = tensor([3.0]).requires_grad_();
        var linear = tensor([2.0]).requires_grad_();
        var unused = tensor([1.0]).requires_grad_();
        using var graph = new HessianGraph((curved.pow(3) + linear).sum(), [unused, linear, curved]);
        var found = new double[3];

        graph.Multiply([1, 1, 1], found);

        found.ShouldBe([0, 0, 18]);
    }
}
