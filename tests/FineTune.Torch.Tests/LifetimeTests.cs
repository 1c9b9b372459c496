using static TorchSharp.torch;

namespace TorchSharp.Tests;

[Collection(Serial.Name)]
public sealed class LifetimeTests
{
    [Fact]
    public void A_scope_frees_what_was_made_in_it_and_keeps_what_was_moved_out()
    {
        var before = Tensor.TotalCount;
        Tensor kept;
        using (NewDisposeScope())
        {
            var a = ones([3]);
            kept = (a + a).MoveToOuterDisposeScope();
            Tensor.TotalCount.ShouldBe(before + 2);
        }

        Tensor.TotalCount.ShouldBe(before + 1);
        kept.data<float>().ToArray().ShouldBe([2f, 2f, 2f]);
        kept.Dispose();
        Tensor.TotalCount.ShouldBe(before);
    }

    [Fact]
    public void A_disposed_tensor_says_so()
    {
        var t = ones([1]);
        t.Dispose();
        Should.Throw<ObjectDisposedException>(() => t + 1).Message.ShouldContain("disposed");
    }

    [Fact]
    public void A_training_step_leaves_no_tensor_behind()
    {
        using var model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 2));
        Step(); // gradients are made at the first step and stay
        var before = Tensor.TotalCount;
        for (var k = 0; k < 5; k++)
            Step();
        Tensor.TotalCount.ShouldBe(before);

        void Step()
        {
            using var scope = NewDisposeScope();
            var loss = nn.functional.cross_entropy(model.call(randn([2, 3, 8, 8])), tensor(new long[] { 0, 1 }));
            loss.backward();
        }
    }

    [Fact]
    public void The_last_net_catches_a_tensor_that_nobody_freed()
    {
        var before = Tensor.TotalCount;
        Drop();
        for (var k = 0; k < 20 && Tensor.TotalCount > before; k++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Tensor.TotalCount.ShouldBeLessThanOrEqualTo(before);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Drop() => _ = ones([10]);
    }

    [Fact]
    public void An_error_of_libtorch_is_an_exception_with_its_message()
    {
        using var scope = NewDisposeScope();
        var a = ones([2, 3]);
        var b = ones([4, 5]);
        Should.Throw<System.Runtime.InteropServices.ExternalException>(() => a.mm(b)).Message.ShouldContain("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)");
    }

    [Fact]
    public void A_gradient_of_what_has_none_is_an_exception_and_not_the_end_of_the_process()
    {
        using var scope = NewDisposeScope();
        var x = ones([2]);
        Should.Throw<System.Runtime.InteropServices.ExternalException>(() => autograd.grad([x], [x])).Message.ShouldContain("does not require grad");
        Should.Throw<System.Runtime.InteropServices.ExternalException>(() => x.backward()).Message.ShouldContain("does not require grad");
    }

    [Fact]
    public void An_operator_that_does_not_exist_is_named()
    {
        Should.Throw<System.Runtime.InteropServices.ExternalException>(() => FineTune.Torch.Engine.Call("aten::no_such_operator")).Message.ShouldContain("no_such_operator");
    }
}
