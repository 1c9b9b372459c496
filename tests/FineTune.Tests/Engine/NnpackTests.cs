using FineTune.Engine;

namespace FineTune.Tests.Engine;

public sealed class NnpackTests
{
    [SkippableFact]
    public void It_is_off_so_that_a_processor_it_does_not_know_brings_no_warnings()
    {
        Nnpack.IsOn(0).ShouldBeNull();
        Skip.If(Nnpack.IsOn(TorchEngine.Handle) is null, "This libtorch does not tell.");
        Nnpack.IsOn(TorchEngine.Handle).ShouldBe(false);
    }
}
