using FineTune.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Tests.Engine;

/// <summary>What would end the process is refused before it is called.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class EngineGuardTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(1025)]
    public void A_number_of_threads_out_of_range_is_refused(int threads) =>
        Should.Throw<FineTuneException>(() => TorchEngine.Start(threads))
            .Message.ShouldContain($"{threads} threads; 0 for all cores, or 1 to 1024");

    [Fact]
    public void Autocast_on_another_device_is_refused() =>
        Should.Throw<NotSupportedException>(() => new Autocast(DeviceType.META)).Message.ShouldContain("META");

    [Fact]
    public void A_seed_decides_what_the_engine_draws()
    {
        using var scope = NewDisposeScope();
        Seeding.Seed(7);
        var first = randn([5]);
        Seeding.Seed(7);
        TensorValues.Of<float>(randn([5])).ToArray().ShouldBe(TensorValues.Of<float>(first).ToArray());
        Seeding.Seed(8);
        TensorValues.Of<float>(randn([5])).ToArray().ShouldNotBe(TensorValues.Of<float>(first).ToArray());
    }
}
