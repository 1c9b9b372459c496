using FineTune.Models;

namespace FineTune.Tests.Models;

/// <summary>Weights are told by how many parameters they have.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class ModelMatchTests
{
    [Theory]
    [InlineData("cifar_resnet20", 10)]
    [InlineData("mobilenet_v1_025", 7)]
    [InlineData("squeezenet1_1", 5)] // its head is a convolution
    public void The_model_of_a_state_dict_is_named(string model, int classes)
    {
        using var network = Zoo.Create(model, classes);
        ModelMatch.Of(network.state_dict().Select(t => KeyValuePair.Create(t.Key, (IReadOnlyList<long>)t.Value.shape)))
            .ShouldBe([model]);
    }

    [Fact]
    public void Other_tensors_are_of_no_model() =>
        ModelMatch.Of([KeyValuePair.Create<string, IReadOnlyList<long>>("fc.weight", [3, 5])]).ShouldBeEmpty();
}
