using System.Runtime.InteropServices;
using FineTune.Torch;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

/// <summary>Whatever is asked of libtorch that it refuses arrives as an exception with its message; the process goes on.</summary>
[Collection(Serial.Name)]
public sealed class RobustnessTests
{
    public static TheoryData<string, string> Refusals => new()
    {
        { "dtype", "Double" },
        { "index type", "Expected dtype int64 for index" },
        { "dimension", "Dimension out of range" },
        { "view", "is invalid for input of size 6" },
        { "huge", "DefaultCPUAllocator: can't allocate memory" },
        { "overflow", "overflow" },
        { "negative", "negative dimension" },
        { "leaf in place", "a leaf Variable that requires grad is being used in an in-place operation" },
        { "twice", "backward through the graph a second time" },
        { "changed", "has been modified by an inplace operation" },
        { "not scalar", "grad can be implicitly created only for scalar outputs" },
        { "wrong gradient", "expected shape compatible with [2, 3]" },
        { "integers", "Only Tensors of floating point and complex dtype can require gradients" },
        { "unused", "One of the differentiated Tensors appears to not have been used in the graph" },
        { "null in a list", "item 1 of a list of tensors is null" },
        { "target", "Target 7 is out of bounds" },
        { "device", "CUDA" },
        { "threads", "positive number of threads" },
        { "not a tensor", "does not return a tensor" },
        { "arguments", "takes" },
        { "wrong argument", "Expected" },
        { "equation", "einsum" },
        { "state", "RNG state" },
        { "inference", "inference" },
    };

    [SkippableTheory]
    [MemberData(nameof(Refusals))]
    public void A_refusal_is_an_exception_with_libtorchs_message(string what, string message)
    {
        Skip.If(what == "device" && cuda.is_available(), "there is a CUDA device");
        using var scope = NewDisposeScope();
        Should.Throw<ExternalException>(() => Provoke(what)).Message.ShouldContain(message, Case.Insensitive);
        (ones([2]) + 1).sum().item<float>().ShouldBe(4);
    }

    [Fact]
    public void Misuse_on_the_managed_side_says_what_is_wrong()
    {
        using var scope = NewDisposeScope();
        var t = arange(6, ScalarType.Float32).reshape(2, 3);
        Should.Throw<ArgumentException>(() => t.item<float>()).Message.ShouldContain("6 elements");
        Should.Throw<ArgumentException>(() => t.data<int>()).Message.ShouldContain("Int32 for a tensor of Float32");
        Should.Throw<ArgumentException>(() => tensor(new float[5], [2, 3])).Message.ShouldContain("5 values for a tensor of shape [2, 3]");
        Should.Throw<InvalidOperationException>(() => t.t().bytes.Length).Message.ShouldContain("contiguous()");
        Should.Throw<InvalidOperationException>(() => t.t().data<float>()[0] = 1).Message.ShouldContain("cannot be written");
        Should.Throw<ArgumentException>(() => new Device("gpu")).Message.ShouldContain("'gpu' is no device");
        Should.Throw<ArgumentException>(() => new Device("cuda:x")).Message.ShouldContain("'cuda:x' is no device");
        Should.Throw<ArgumentException>(() => new Device("5")).Message.ShouldContain("'5' is no device");
        Should.Throw<ArgumentException>(() => Engine.Call("aten::abs", DateTime.UnixEpoch)).Message.ShouldContain("DateTime");
        Should.Throw<NotSupportedException>(() => nn.functional.pad(t, [1, 1], PaddingModes.Reflect));
        Should.Throw<NotSupportedException>(() => new Generator(1, CUDA));
        Should.Throw<ArgumentException>(() => nn.init.CalculateFanInAndFanOut(ones([3]))).Message.ShouldContain("two dimensions");
    }

    [Fact]
    public void Threads_work_side_by_side_each_with_its_scopes()
    {
        var before = Tensor.TotalCount;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, seed =>
        {
            for (var k = 0; k < 100; k++)
            {
                using var scope = NewDisposeScope();
                var w = full([4, 4], seed + 1.0).requires_grad_();
                w.mul(w).sum().backward();
                w.grad!.sum().item<float>().ShouldBe(32f * (seed + 1));
                Should.Throw<ExternalException>(() => w.reshape(3)).Message.ShouldContain("invalid for input of size 16");
                is_grad_enabled().ShouldBeTrue();
                using (no_grad())
                    w.mul(2).requires_grad.ShouldBeFalse();
            }
        });
        Tensor.TotalCount.ShouldBe(before);
    }

    [Fact]
    public void Grad_mode_is_a_threads_own_and_comes_back_after_an_exception()
    {
        using var off = no_grad();
        var elsewhere = false;
        var thread = new Thread(() => elsewhere = is_grad_enabled());
        thread.Start();
        thread.Join();
        elsewhere.ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() =>
        {
            using var on = enable_grad();
            is_grad_enabled().ShouldBeTrue();
            throw new InvalidOperationException();
        });
        is_grad_enabled().ShouldBeFalse();
        using (set_grad_enabled())
            is_grad_enabled().ShouldBeTrue();
        is_grad_enabled().ShouldBeFalse();
    }

    [Fact]
    public void A_tensor_may_be_disposed_twice_and_within_its_scope()
    {
        var before = Tensor.TotalCount;
        using (NewDisposeScope())
        {
            var t = ones([2]);
            t.Dispose();
            t.Dispose();
            t.IsInvalid.ShouldBeTrue();
            t.ToString().ShouldBe("[disposed]");
            Should.Throw<ObjectDisposedException>(() => t.shape);
            Should.Throw<ObjectDisposedException>(() => cat([ones([1]), t]));
        }

        Tensor.TotalCount.ShouldBe(before);
    }

    [Fact]
    public void The_last_net_holds_while_others_work()
    {
        var before = Tensor.TotalCount;
        using (var stop = new CancellationTokenSource())
        {
            var collector = Task.Run(() =>
            {
                while (!stop.Token.WaitHandle.WaitOne(1))
                    GC.Collect(0);
            });
            Parallel.For(0, 2, _ =>
            {
                for (var k = 0; k < 2000; k++)
                    (full([64], k) + 1).data<long>().ToArray().AsSpan().IndexOfAnyExcept(k + 1).ShouldBe(-1);
            });
            stop.Cancel();
            collector.Wait();
        }

        for (var k = 0; k < 20 && Tensor.TotalCount > before; k++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Tensor.TotalCount.ShouldBeLessThanOrEqualTo(before);
    }

    [Fact]
    public void A_deep_graph_is_walked_and_freed()
    {
        var before = Tensor.TotalCount;
        using (NewDisposeScope())
        {
            var x = ones([1], requires_grad: true);
            var y = x;
            for (var k = 0; k < 20_000; k++)
            {
                var next = y + 1;
                if (!ReferenceEquals(y, x))
                    y.Dispose();
                y = next;
            }

            y.item<float>().ShouldBe(20_001);
            y.backward();
            x.grad!.item<float>().ShouldBe(1);
            (x + y.detach()).Dispose();
        }

        Tensor.TotalCount.ShouldBe(before);
    }

    [Fact]
    public void Inference_mode_ends_with_its_using()
    {
        using var scope = NewDisposeScope();
        var w = ones([2], requires_grad: true);
        using (inference_mode())
            (w * 2).requires_grad.ShouldBeFalse();
        (w * 2).requires_grad.ShouldBeTrue();
    }

    private static void Provoke(string what)
    {
        var w = ones([2, 3], requires_grad: true);
        switch (what)
        {
            case "dtype":
                ones([2, 2]).mm(ones([2, 2], ScalarType.Float64));
                break;
            case "index type":
                w.gather(0, ones([2, 3]));
                break;
            case "dimension":
                w.sum(5);
                break;
            case "view":
                w.view(4);
                break;
            case "huge":
                empty([1L << 50]);
                break;
            case "overflow":
                empty([long.MaxValue, 4]);
                break;
            case "negative":
                zeros([-1]);
                break;
            case "leaf in place":
                w.add_(1);
                break;
            case "twice":
                var loss = (w * w).sum();
                loss.backward();
                loss.backward();
                break;
            case "changed":
                var y = w.exp();
                y.add_(1);
                y.sum().backward();
                break;
            case "not scalar":
                (w * 2).backward();
                break;
            case "wrong gradient":
                (w * 2).backward([ones([4])]);
                break;
            case "integers":
                arange(3).requires_grad_();
                break;
            case "unused":
                autograd.grad([w.sum()], [ones([1], requires_grad: true)]);
                break;
            case "null in a list":
                cat([w, null!]);
                break;
            case "target":
                nn.functional.cross_entropy(w, tensor(new long[] { 0, 7 }));
                break;
            case "device":
                w.to("cuda");
                break;
            case "threads":
                set_num_threads(0);
                break;
            case "not a tensor":
                Engine.Call("aten::size.int", w, 0L);
                break;
            case "arguments":
                Engine.Call("aten::abs", w, w);
                break;
            case "wrong argument":
                Engine.Call("aten::abs", "text");
                break;
            case "equation":
                einsum("ij,jk->", w);
                break;
            case "state":
                Generator.Default.set_state(ones([3], ScalarType.Byte));
                break;
            case "inference":
                Tensor inner;
                using (inference_mode())
                    inner = ones([2]);
                (inner * ones([2], requires_grad: true)).sum().backward();
                break;
        }
    }
}
