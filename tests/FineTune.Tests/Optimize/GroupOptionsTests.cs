using FineTune.Models;
using FineTune.Optimize;

namespace FineTune.Tests.Optimize;

/// <summary>How parameters are divided, on CIFAR ResNet-20: conv1, bn1, layer1 to layer3, a pool without parameters, linear.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class GroupOptionsTests : IDisposable
{
    private readonly Network _network = Zoo.Create("cifar_resnet20", 3);
    private readonly ParameterVector _vector;

    public GroupOptionsTests() => _vector = new ParameterVector(_network);

    private int Head => _network.Stages.Count - 1;

    [Fact]
    public void Layer_wise_decay_counts_the_stages_that_have_parameters()
    {
        var scales = Scales(new GroupOptions { LayerDecay = 0.5 });
        scales["linear.weight"].ShouldBe(1);
        scales["layer3.0.conv1.weight"].ShouldBe(0.5);
        scales["layer2.0.conv1.weight"].ShouldBe(0.25);
        scales["layer1.0.conv1.weight"].ShouldBe(0.125);
        scales["conv1.weight"].ShouldBe(0.0625);
    }

    [Fact]
    public void It_has_a_floor()
    {
        var scales = Scales(new GroupOptions { LayerDecay = 0.5, LayerDecayMin = 0.2 });
        scales["layer2.0.conv1.weight"].ShouldBe(0.25);
        scales["conv1.weight"].ShouldBe(0.2);
    }

    [Fact]
    public void A_slice_is_geometric_from_the_input_to_the_head()
    {
        var spec = new NamedSpec("sgd").With("slice", 10_000);
        var scales = Optimizers.Groups(spec, _vector, Head).SelectMany(g => g.Segments.Select(s => (s.Name, g.LrScale))).ToDictionary();
        scales["linear.weight"].ShouldBe(1);
        scales["layer3.0.conv1.weight"].ShouldBe(0.1, 1e-12);
        scales["layer1.0.conv1.weight"].ShouldBe(0.001, 1e-12);
        scales["conv1.weight"].ShouldBe(0.0001, 1e-12);
    }

    [Fact]
    public void Biases_and_norms_are_decayed_where_a_pattern_says_so_and_not_else()
    {
        var groups = new GroupOptions
        {
            WeightDecay = 0.1,
            Patterns = [new GroupPattern("*bn*", 1, 0.02), new GroupPattern("*conv*", 1, null), new GroupPattern("linear.*", 1, null)],
        }.Divide(_vector, Head);
        Decay(groups, "bn1.weight").ShouldBe(0.02);
        Decay(groups, "linear.bias").ShouldBe(0);
        Decay(groups, "linear.weight").ShouldBe(0.1);
    }

    [Theory]
    [InlineData("layer*", "no pattern matches: conv1.weight, bn1.weight")]
    [InlineData("*;linear.*", "several patterns match: linear.weight, linear.bias")]
    [InlineData("*;head.*", "'head.*' matches no parameter")]
    public void Each_parameter_matches_exactly_one_pattern(string patterns, string says)
    {
        var options = new GroupOptions { Patterns = [.. patterns.Split(';').Select(p => new GroupPattern(p, 1, null))] };
        Should.Throw<FineTuneException>(() => options.Divide(_vector, Head)).Message.ShouldContain(says);
    }

    [Fact]
    public void Patterns_beside_factors_of_stages_are_refused() =>
        Should.Throw<FineTuneException>(
            () => new GroupOptions { BelowHead = 0.1, Patterns = [new GroupPattern("*", 1, null)] }.Divide(_vector, Head))
            .Message.ShouldContain("below_head");

    public void Dispose()
    {
        _vector.Dispose();
        _network.Dispose();
    }

    private static double Decay(IReadOnlyList<ParameterGroup> groups, string name) =>
        groups.Single(g => g.Segments.Any(s => s.Name == name)).WeightDecay;

    private Dictionary<string, double> Scales(GroupOptions options) =>
        options.Divide(_vector, Head).SelectMany(g => g.Segments.Select(s => (s.Name, g.LrScale))).ToDictionary();
}
