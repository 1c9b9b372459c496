using static TorchSharp.torch;

namespace TorchSharp.Tests;

/// <summary>What a tensor says of itself, its elements, its conversions and its gradient.</summary>
public sealed class TensorTests
{
    [Fact]
    public void A_tensor_says_what_it_is()
    {
        using var scope = NewDisposeScope();
        var t = empty([2, 3, 4], ScalarType.Float64).transpose(0, 2).select(1, 1);
        t.shape.ShouldBe([4, 2]);
        t.size().ShouldBe([4, 2]);
        t.size(-1).ShouldBe(2);
        t.stride().ShouldBe([1, 12]);
        t.stride(-1).ShouldBe(12);
        t.storage_offset().ShouldBe(4);
        (t.ndim, t.dim(), t.Dimensions).ShouldBe((2L, 2L, 2L));
        (t.numel(), t.NumberOfElements).ShouldBe((8L, 8L));
        (t.element_size(), t.ElementSize).ShouldBe((8L, 8L));
        t.dtype.ShouldBe(ScalarType.Float64);
        t.is_floating_point().ShouldBeTrue();
        t.@long().is_floating_point().ShouldBeFalse();
        t.is_contiguous().ShouldBeFalse();
        t.contiguous().is_contiguous().ShouldBeTrue();
        (t.is_cpu(), t.is_cuda, t.is_meta, t.is_sparse).ShouldBe((true, false, false, false));
        (t.device_type, t.device_index, t.device.ToString()).ShouldBe((DeviceType.CPU, -1, "cpu"));
        t.ToString().ShouldBe("[4x2], type = Float64, device = cpu");
        empty_like(t, ScalarType.Int32).dtype.ShouldBe(ScalarType.Int32);
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Int32)]
    [InlineData(ScalarType.Int16)]
    [InlineData(ScalarType.Int8)]
    [InlineData(ScalarType.Byte)]
    public void A_number_of_any_type_can_be_read(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var t = tensor(5.0).to(type);
        t.ToScalar().Type.ShouldBe(type is ScalarType.Float16 or ScalarType.BFloat16 ? ScalarType.Float64 : type);
        ((float)t, (double)t, (int)t, (long)t, (bool)t).ShouldBe((5f, 5.0, 5, 5L, true));
        (t + 1).to_type(ScalarType.Int64).item<long>().ShouldBe(6);
    }

    [Fact]
    public void A_large_integer_keeps_its_last_digit()
    {
        using var scope = NewDisposeScope();
        ((long)tensor((1L << 60) + 1)).ShouldBe((1L << 60) + 1);
        (tensor(1L) + ((1L << 60) + 1)).item<long>().ShouldBe((1L << 60) + 2);
    }

    [Fact]
    public void A_number_becomes_a_tensor_of_its_type()
    {
        using var scope = NewDisposeScope();
        ((Tensor)1.5f).dtype.ShouldBe(ScalarType.Float32);
        ((Tensor)1.5).dtype.ShouldBe(ScalarType.Float64);
        ((Tensor)2).dtype.ShouldBe(ScalarType.Int32);
        ((Tensor)2L).dtype.ShouldBe(ScalarType.Int64);
        ((Tensor)(Scalar)true).dtype.ShouldBe(ScalarType.Bool);
        ((Tensor)(Scalar)2.5f).item<float>().ShouldBe(2.5f);
    }

    [Fact]
    public void Elements_are_read_and_written_in_place()
    {
        using var scope = NewDisposeScope();
        var t = arange(6, ScalarType.Float32).reshape(2, 3);
        var data = t.data<float>();
        data[4] = 40;
        data.CopyFrom([7f, 8f], 0, 1);
        data.CopyFrom(new[] { 0f, 9f }.AsSpan()[1..], 0, 5);
        t.data<float>().ToArray().ShouldBe([0, 7, 8, 3, 40, 9]);
        var part = new float[3];
        data.CopyTo(part, 1, 4);
        part.ShouldBe([0, 40, 9]);
        data.Count.ShouldBe(6);
        t.bytes.Length.ShouldBe(24);
        t.bytes = new byte[24];
        t.data<float>().ShouldAllBe(v => v == 0);
        using var columns = arange(6).reshape(2, 3).t().data<long>();
        columns.ToArray().ShouldBe([0, 3, 1, 4, 2, 5]);
    }

    [Fact]
    public void Reading_elements_out_of_order_leaves_no_copy_behind()
    {
        using var outer = NewDisposeScope();
        var t = ones([2, 3]).t();
        using (var scope = NewDisposeScope())
        {
            t.data<float>().ToArray().Length.ShouldBe(6);
            scope.DisposablesCount.ShouldBe(1);
        }

        outer.DisposablesCount.ShouldBe(2);
    }

    [Fact]
    public void A_conversion_shares_or_copies_as_asked()
    {
        using var scope = NewDisposeScope();
        var t = ones([2]);
        t.to(ScalarType.Float32).data<float>()[0] = 5;
        t[0].item<float>().ShouldBe(5);
        t.to(ScalarType.Float32, copy: true).data<float>()[0] = 6;
        t[0].item<float>().ShouldBe(5);
        t.cpu().to(CPU).to("cpu").to(DeviceType.CPU).to(t).to(ScalarType.Float64, CPU).dtype.ShouldBe(ScalarType.Float64);
        var gone = ones([2]);
        gone.to(ScalarType.Int64, disposeAfter: true).data<long>().ToArray().ShouldBe([1, 1]);
        gone.IsInvalid.ShouldBeTrue();
        var other = zeros([3]);
        t.set_(other).shape.ShouldBe([3]);
        t.fill_(4);
        other.data<float>().ToArray().ShouldBe([4, 4, 4]);
    }

    [Fact]
    public void Gradients_accumulate_can_be_set_and_taken_away()
    {
        using var scope = NewDisposeScope();
        var w = tensor(new[] { 1f, 2f }, requires_grad: true);
        w.is_leaf.ShouldBeTrue();
        w.grad.ShouldBeNull();
        (w * w).sum().backward();
        (w * 3).sum().backward();
        w.grad!.data<float>().ToArray().ShouldBe([5, 7]);
        w.grad = ones([2]);
        (w * 3).backward([tensor(new[] { 1f, 0f })], retain_graph: true, inputs: [w]);
        w.grad!.data<float>().ToArray().ShouldBe([4, 1]);
        w.grad = null;
        w.grad.ShouldBeNull();
        (w * 2).detach_().requires_grad.ShouldBeFalse();
        w.with_requires_grad(false).requires_grad.ShouldBeFalse();
    }

    [Fact]
    public void A_gradient_of_a_gradient_is_right()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 2f, 3f }, requires_grad: true);
        var unused = ones([1], requires_grad: true);
        var first = autograd.grad([x.pow((Scalar)3).sum()], [x, unused], create_graph: true, allow_unused: true);
        first[0].data<float>().ToArray().ShouldBe([12, 27]);
        first[1].ShouldBeNull();
        autograd.grad([first[0].sum()], [x])[0].data<float>().ToArray().ShouldBe([12, 18]);
        var y = (x * x).sum();
        y.backward(retain_graph: true);
        autograd.backward([y, y * 2], [ones([]), ones([])]);
        x.grad!.data<float>().ToArray().ShouldBe([16, 24]);
    }

    [Fact]
    public void A_tensor_moves_between_scopes()
    {
        using var outer = NewDisposeScope();
        Tensor moved, other, free;
        using (var inner = NewDisposeScope())
        {
            (moved, other, free) = (ones([1]), ones([1]), ones([1]));
            moved.MoveToOuterDisposeScope();
            other.MoveToOtherDisposeScope(outer);
            free.DetachFromDisposeScope();
            inner.DisposablesCount.ShouldBe(0);
            CurrentDisposeScope.ShouldBeSameAs(inner);
        }

        outer.DisposablesCount.ShouldBe(2);
        outer.DisposeEverythingBut(moved).IsInvalid.ShouldBeFalse();
        other.IsInvalid.ShouldBeTrue();
        free.IsInvalid.ShouldBeFalse();
        free.Dispose();
    }

    [Fact]
    public void The_process_can_be_asked_about()
    {
        __version__.ShouldMatch(@"^\d+\.\d+");
        FineTune.Torch.Engine.Configuration().ShouldContain("ATen");
        FineTune.Torch.Engine.LibtorchPath().ShouldNotBeNull().ShouldContain("libtorch_cpu");
        get_num_threads().ShouldBeGreaterThan(0);
        get_num_interop_threads().ShouldBeGreaterThan(0);
        cuda_is_available().ShouldBe(cuda.device_count() > 0);
        InitializeDeviceType(DeviceType.CPU);
        device("cuda:1").index.ShouldBe(1);
        (device(2).type, device(DeviceType.CPU).index).ShouldBe((DeviceType.CUDA, -1));
    }

    [Fact]
    public void Channels_last_is_a_matter_of_strides()
    {
        using var scope = NewDisposeScope();
        var x = arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5);
        var y = FineTune.Torch.Engine.ToChannelsLast(x);
        y.stride().ShouldBe([60, 1, 15, 3]);
        y.allclose(x, 0, 0).ShouldBeTrue();
        y.bytes.Length.ShouldBe(960);
    }
}
