using FineTune.Models;
using FineTune.Optimize;
using FineTune.Tests.Models;
using static TorchSharp.torch;

namespace FineTune.Tests.Optimize;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class ParameterVectorTests
{
    [Fact]
    public void Parameters_are_views_into_the_vector_both_ways()
    {
        using var network = OneMatrix.CreateTwo();
        var values = network.state_dict().ToDictionary(t => t.Key, t => t.Value.data<float>().ToArray());
        using var vector = new ParameterVector(network);
        using var _ = no_grad();
        foreach (var s in vector.Segments)
        {
            var parameter = network.state_dict()[s.Name];
            var mine = ParameterVector.Floats(vector.W).Slice((int)s.Offset, (int)s.Length);
            mine.ToArray().ShouldBe(values[s.Name], s.Name);
            (s.Offset % 16).ShouldBe(0);
            mine.Fill(2);
            parameter.data<float>().ToArray().ShouldAllBe(v => v == 2);
            parameter.fill_(3);
            mine.ToArray().ShouldAllBe(v => v == 3);
        }
    }

    [Fact]
    public void Autograd_adds_to_the_one_gradient_in_place()
    {
        using var network = OneMatrix.CreateTwo();
        using var vector = new ParameterVector(network);
        using var scope = NewDisposeScope();
        var images = randn([4, 5]);
        network.call(images).sum().backward();
        var once = ParameterVector.Floats(vector.G).ToArray();
        foreach (var s in vector.Segments)
        {
            once.AsSpan((int)s.Offset, (int)s.Length).ToArray()
                .ShouldBe(network.OrderedParameters().Single(p => p.Name == s.Name).Parameter.grad!.data<float>().ToArray(), s.Name);
        }
        once[^16..^13].ShouldBe([4f, 4f, 4f]); // the head's bias: one an image
        network.call(images).sum().backward();
        ParameterVector.Floats(vector.G).ToArray().ShouldBe(once.Select(v => 2 * v));
        vector.ZeroGradient();
        ParameterVector.Floats(vector.G).ToArray().ShouldAllBe(v => v == 0);
        network.call(images).sum().backward();
        ParameterVector.Floats(vector.G).ToArray().ShouldBe(once);
    }

    [Fact]
    public void Unfreezing_moves_the_line()
    {
        using var network = OneMatrix.CreateTwo();
        using var vector = new ParameterVector(network);
        (vector.Line, vector.Trainable, vector.Length).ShouldBe((0, 112, 112));
        vector.Unfreeze(1);
        (vector.Line, vector.Trainable, vector.G.numel()).ShouldBe((64, 48, 48));
        using var scope = NewDisposeScope();
        network.call(randn([4, 5])).sum().backward();
        network.OrderedParameters().Where(p => p.Stage == 0)
            .ShouldAllBe(p => !p.Parameter.requires_grad && ReferenceEquals(p.Parameter.grad, null));
        ParameterVector.Floats(vector.G).ToArray()[32..35].ShouldBe([4f, 4f, 4f]);
        vector.Unfreeze(0);
        network.call(randn([4, 5])).sum().backward();
        ParameterVector.Floats(vector.G)[..35].ToArray().ShouldContain(v => v != 0);
    }

    [Fact]
    public void Statistics_are_one_vector_that_follows_batch_norm()
    {
        using var network = OwnModule.Create();
        using var vector = new ParameterVector(network);
        ParameterVector.Floats(vector.Statistics).ToArray().ShouldBe([0f, 0f, 0f, 0f, 1f, 1f, 1f, 1f]);
        network.train();
        using var scope = NewDisposeScope();
        network.call(randn([4, 3, 8, 8]) + 1);
        var state = network.state_dict();
        ParameterVector.Floats(vector.Statistics).ToArray().ShouldBe(
            [.. state["features.1.running_mean"].data<float>().ToArray(), .. state["features.1.running_var"].data<float>().ToArray()]);
        ParameterVector.Floats(vector.Statistics).ToArray().ShouldAllBe(v => v != 0 && v != 1);
    }

    [Fact]
    public void Forward_and_backward_are_unchanged_by_the_vector()
    {
        using var plain = Zoo.Create("cifar_resnet20", 3);
        using var flat = Zoo.Create("cifar_resnet20", 3);
        using var vector = new ParameterVector(flat);
        using var scope = NewDisposeScope();
        var images = randn([2, 3, 16, 16]);
        var (a, b) = (plain.call(images), flat.call(images));
        b.data<float>().ToArray().ShouldBe(a.data<float>().ToArray());
        a.square().sum().backward();
        b.square().sum().backward();
        foreach (var (p, q) in plain.OrderedParameters().Zip(flat.OrderedParameters()))
            q.Parameter.grad!.data<float>().ToArray().ShouldBe(p.Parameter.grad!.data<float>().ToArray(), p.Name);
    }

    [Fact]
    public void Nothing_is_left_after_it_is_disposed()
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        var before = Tensor.TotalCount;
        var vector = new ParameterVector(network);
        vector.Unfreeze(2);
        vector.Dispose();
        Tensor.TotalCount.ShouldBe(before);
    }
}
