using System.Runtime.InteropServices;
using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Tests.Engine;

public sealed class GradientsTests
{
    [Fact]
    public void Gradients_are_values_and_what_was_accumulated_stays()
    {
        using var scope = NewDisposeScope();
        var (x, unused) = (tensor(new[] { 3.0, -1.0 }, requires_grad: true), tensor(new[] { 1.0 }, requires_grad: true));
        x.grad = tensor(new[] { 7.0, 8.0 });

        var gradients = Gradients.Of([x.square().sum()], [x, unused]);

        gradients[0]!.data<double>().ToArray().ShouldBe([6.0, -2.0]);
        gradients[1].ShouldBeNull();
        x.grad!.data<double>().ToArray().ShouldBe([7.0, 8.0]);
        unused.grad.ShouldBeNull();
    }

    [Fact]
    public void A_gradient_can_be_differentiated_again()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 2.0, 5.0 }, requires_grad: true);
        var first = Gradients.Of([x.pow(3).sum()], [x], createGraph: true)[0]!;
        var second = Gradients.Of([first], [x], [tensor(new[] { 1.0, 10.0 })])[0]!; // 6 x v
        second.data<double>().ToArray().ShouldBe([12.0, 300.0]);
        x.grad.ShouldBeNull();
    }

    [Fact]
    public void An_error_is_an_exception_and_not_the_end_of_the_process()
    {
        using var scope = NewDisposeScope();
        var x = ones([2]);
        Should.Throw<ExternalException>(() => Gradients.Of([x.sum()], [x])).Message.ShouldContain("does not require grad");
        var y = ones([2], requires_grad: true);
        var loss = y.square().sum();
        _ = Gradients.Of([loss], [y]);
        Should.Throw<ExternalException>(() => Gradients.Of([loss], [y])).Message.ShouldContain("second time");
        y.grad.ShouldBeNull();
    }
}
