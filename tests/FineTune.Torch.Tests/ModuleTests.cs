using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Tests;

/// <summary>A module's names and order are PyTorch's, and what it owns moves, trains and goes with it.</summary>
[Collection(Serial.Name)]
public sealed class ModuleTests
{
    [Fact]
    public void The_names_of_parameters_and_buffers_are_PyTorchs()
    {
        using var net = new Net();
        net.named_parameters().Select(p => p.name).ShouldBe(["scale", "conv1.weight", "bn1.weight", "bn1.bias", "layer.0.weight", "layer.0.bias", "layer.act.2.weight"]);
        net.named_buffers().Select(b => b.name).ShouldBe(["table", "bn1.running_mean", "bn1.running_var", "bn1.num_batches_tracked"]);
        net.state_dict().Keys.ShouldBe(["scale", "conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var", "bn1.num_batches_tracked", "layer.0.weight", "layer.0.bias", "layer.act.2.weight"]);
        net.state_dict(prefix: "net").Keys.ShouldAllBe(k => k.StartsWith("net."));
        net.named_children().Select(c => c.name).ShouldBe(["conv1", "bn1", "layer"]);
        net.named_modules().Select(m => m.name).ShouldBe(["conv1", "bn1", "layer", "layer.0", "layer.act", "layer.act.0", "layer.act.1", "layer.act.2"]);
        net.named_parameters(recurse: false).Select(p => p.name).ShouldBe(["scale"]);
        net.named_buffers(recurse: false, include_nonpersistent: false).ShouldBeEmpty();
        net.modules().Count().ShouldBe(8);
        net.state_dict()["conv1.weight"].ShouldBeSameAs(net.conv1.weight);
        net.GetName().ShouldBe("Net");
    }

    [Fact]
    public void Training_and_evaluating_reach_every_submodule()
    {
        using var net = new Net();
        net.modules().ShouldAllBe(m => m.training);
        net.eval();
        net.training.ShouldBeFalse();
        net.modules().ShouldAllBe(m => !m.training);
        net.train();
        net.modules().ShouldAllBe(m => m.training);
        var seen = new List<string>();
        net.apply(m => seen.Add(m.GetName()));
        seen.ShouldBe(["Conv2d", "BatchNorm2d", "Linear", "ReLU", "Flatten", "Linear", "Sequential", "Sequential", "Net"]);
    }

    [Fact]
    public void A_module_changes_type_with_its_gradients_and_keeps_its_tensors()
    {
        using var scope = NewDisposeScope();
        using var net = new Net();
        var weight = net.conv1.weight;
        (weight * 2).sum().backward();
        net.to(ScalarType.Float64).ShouldBeSameAs(net);
        net.conv1.weight.ShouldBeSameAs(weight);
        net.parameters().ShouldAllBe(p => p.dtype == ScalarType.Float64 && p.requires_grad && p.is_leaf);
        weight.grad!.dtype.ShouldBe(ScalarType.Float64);
        net.bn1.running_var.dtype.ShouldBe(ScalarType.Float64);
        net.bn1.num_batches_tracked.dtype.ShouldBe(ScalarType.Int64);
        net.call(ones([1, 3, 4, 4], ScalarType.Float64)).dtype.ShouldBe(ScalarType.Float64);
        net.@float().@double().cpu().to(CPU, ScalarType.Float32).parameters().ShouldAllBe(p => p.dtype == ScalarType.Float32);
    }

    [Fact]
    public void A_move_leaves_types_alone()
    {
        using var mixed = Sequential(Linear(2, 2, dtype: ScalarType.Float64), Linear(2, 2));
        mixed.to(CPU);
        mixed.parameters().Select(p => p.dtype).ShouldBe([ScalarType.Float64, ScalarType.Float64, ScalarType.Float32, ScalarType.Float32]);
    }

    [Fact]
    public void Hooks_see_and_change_what_goes_in_and_out_until_removed()
    {
        using var scope = NewDisposeScope();
        using var identity = Identity();
        var before = identity.register_forward_pre_hook((_, x) => x + 1);
        var after = identity.register_forward_hook((_, x, y) => y * x);
        identity.call(ones([1])).item<float>().ShouldBe(4);
        after.remove();
        identity.call(ones([1])).item<float>().ShouldBe(2);
        before.remove();
        identity.call(ones([1])).item<float>().ShouldBe(1);
    }

    [Fact]
    public void Gradients_are_dropped_or_cleared()
    {
        using var scope = NewDisposeScope();
        using var layer = Linear(2, 1);
        layer.call(ones([1, 2])).sum().backward();
        layer.zero_grad(set_to_none: false);
        layer.weight.grad!.abs().sum().item<float>().ShouldBe(0);
        layer.zero_grad();
        layer.parameters().ShouldAllBe(p => p.grad == null);
    }

    [Fact]
    public void A_sequence_can_be_made_in_each_way_and_grown()
    {
        using var scope = NewDisposeScope();
        using var numbered = Sequential(Identity(), ReLU());
        using var named = Sequential(("a", Identity()), ("b", ReLU()));
        using var listed = Sequential(new List<Module<Tensor, Tensor>> { Identity(), ReLU() });
        using var pairs = Sequential(new List<(string, Module<Tensor, Tensor>)> { ("a", Identity()), ("b", ReLU()) });
        using var grown = Sequential().append(Identity()).append("b", ReLU());
        numbered.named_children().Select(c => c.name).ShouldBe(["0", "1"]);
        listed.named_children().Select(c => c.name).ShouldBe(["0", "1"]);
        named.named_children().Select(c => c.name).ShouldBe(["a", "b"]);
        pairs.named_children().Select(c => c.name).ShouldBe(["a", "b"]);
        grown.named_children().Select(c => c.name).ShouldBe(["0", "b"]);
        (grown.Count, grown[1].GetType()).ShouldBe((2, typeof(ReLU)));
        Sequential().call(ones([1])).item<float>().ShouldBe(1);
        var x = tensor(new[] { -1f, 2f });
        numbered.call(x).data<float>().ToArray().ShouldBe([0, 2]);
        x.IsInvalid.ShouldBeFalse();
    }

    [Fact]
    public void A_disposed_module_takes_its_tensors_along()
    {
        var before = Tensor.TotalCount;
        var net = new Net();
        Tensor.TotalCount.ShouldBeGreaterThan(before);
        net.Dispose();
        net.Dispose();
        Tensor.TotalCount.ShouldBe(before);
    }

    [Fact]
    public void A_parameter_outlives_the_scope_it_was_registered_in()
    {
        Net net;
        using (NewDisposeScope())
            net = new Net();
        net.parameters().ShouldAllBe(p => !p.IsInvalid);
        net.buffers().ShouldAllBe(b => !b.IsInvalid);
        net.Dispose();
    }

    [Fact]
    public void Batch_norm_can_be_reset_and_average_over_all_batches()
    {
        using var scope = NewDisposeScope();
        using var norm = BatchNorm2d(1);
        norm.momentum = null;
        norm.call(full([2, 1, 1, 2], 1.0));
        norm.call(full([2, 1, 1, 2], 4.0));
        norm.running_mean.item<float>().ShouldBe(2.5f, 1e-6);
        norm.num_batches_tracked.item<long>().ShouldBe(2);
        norm.reset_parameters();
        (norm.running_mean.item<float>(), norm.running_var.item<float>(), norm.num_batches_tracked.item<long>()).ShouldBe((0f, 1f, 0L));
        (norm.weight.item<float>(), norm.bias.item<float>()).ShouldBe((1f, 0f));
    }

    private sealed class Net : Module<Tensor, Tensor>
    {
        public readonly Conv2d conv1 = Conv2d(3, 2, 3, bias: false);
        public readonly BatchNorm2d bn1 = BatchNorm2d(2);
        private readonly Sequential layer = Sequential(("0", Linear(2, 2)), ("act", Sequential(ReLU(), Flatten(), Linear(8, 2, hasBias: false))));
        private readonly Parameter scale = Parameter(ones([1]));

        public Net()
            : base(nameof(Net))
        {
            register_buffer("table", zeros([2]), persistent: false);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => layer.call(bn1.call(conv1.call(input)) * scale);
    }
}
