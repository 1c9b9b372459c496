using FineTune.Models;
using FineTune.Transfer.Heads;

namespace FineTune.Tests.Transfer;

public sealed class HeadInitTests
{
    [Fact]
    public void Zero_makes_every_class_as_likely()
    {
        using var network = Zoo.Create("cifar_resnet20", 4);
        HeadInit.Apply(network, "zero", 0);
        Values(network).ShouldAllBe(v => v == 0);
    }

    [Fact]
    public void Normal_has_a_small_deviation_and_is_a_function_of_the_seed()
    {
        float[] Of(long seed)
        {
            using var network = Zoo.Create("cifar_resnet20", 100);
            HeadInit.Apply(network, "normal", seed);
            return Values(network);
        }

        var values = Of(1);
        Math.Sqrt(values[..6400].Average(v => (double)v * v)).ShouldBe(0.01, 5e-4);
        values[6400..].ShouldAllBe(v => v == 0);
        Of(1).ShouldBe(values);
        Of(2).ShouldNotBe(values);
    }

    [Fact]
    public void Default_changes_nothing_and_an_unknown_word_is_refused()
    {
        using var network = Zoo.Create("cifar_resnet20", 4);
        var before = Values(network);
        HeadInit.Apply(network, "default", 0);
        Values(network).ShouldBe(before);
        Should.Throw<FineTuneException>(() => HeadInit.Apply(network, "zeros", 0)).Message.ShouldContain("did you mean 'zero'");
    }

    [Theory]
    [InlineData("zero")]
    [InlineData("normal")]
    public void Of_a_head_with_a_hidden_layer_only_the_last_begins_anew(string word)
    {
        using var network = Zoo.Create("cifar_resnet20", 4);
        HeadForm.Parse("mlp", 8).Install(network);
        var before = network.Head.NamedParameters().ToDictionary(p => p.Name, p => p.Parameter.data<float>().ToArray());
        HeadInit.Apply(network, word, 0);
        foreach (var (name, parameter) in network.Head.NamedParameters())
        {
            var after = parameter.data<float>().ToArray();
            if (name.Contains("hidden", StringComparison.Ordinal))
                after.ShouldBe(before[name], name);
            else if (word == "zero" || name.EndsWith("bias", StringComparison.Ordinal))
                after.ShouldAllBe(v => v == 0, name);
            else
                after.ShouldAllBe(v => v != 0 && Math.Abs(v) < 0.06, name); // six deviations
        }
    }

    [Fact]
    public void Exact_is_left_to_the_images()
    {
        using var network = Zoo.Create("cifar_resnet20", 4);
        var before = Values(network);
        HeadInit.Apply(network, "exact", 0);
        Values(network).ShouldBe(before);
    }

    private static float[] Values(Network network) =>
        [.. network.Head.NamedParameters().SelectMany(p => p.Parameter.data<float>().ToArray())];
}
