using FineTune.Engine;

namespace FineTune.Tests.Engine;

public sealed class LibtorchContextTests
{
    [SkippableFact]
    public void Nnpack_is_off_so_that_a_processor_it_does_not_know_brings_no_warnings()
    {
        LibtorchContext.IsOn(0, LibtorchContext.Nnpack).ShouldBeNull();
        Skip.If(LibtorchContext.IsOn(TorchEngine.Handle, LibtorchContext.Nnpack) is null, "This libtorch does not tell.");
        LibtorchContext.IsOn(TorchEngine.Handle, LibtorchContext.Nnpack).ShouldBe(false);
    }

    [SkippableFact]
    public void OneDnn_is_on_unless_the_processor_hides_its_caches_from_it()
    {
        Skip.If(LibtorchContext.IsOn(TorchEngine.Handle, LibtorchContext.OneDnn) is null, "This libtorch does not tell.");
        LibtorchContext.IsOn(TorchEngine.Handle, LibtorchContext.OneDnn).ShouldBe(!TorchEngine.IsWithoutOneDnn);
    }

    [Theory]
    [InlineData(0x444D4163, 0x21, 0, true)] // AMD that tells of no cache: oneDNN would divide by zero
    [InlineData(0x444D4163, 0x21, 0x4121, false)]
    [InlineData(0x444D4163, 0x1C, 0x4121, true)] // before there was a leaf for it
    [InlineData(0x6C65746E, 0x21, 0, false)] // Intel
    public void A_processor_hides_its_caches_where_it_tells_of_none(int vendor, int last, int caches, bool hidden) =>
        CacheTopology.Hides((leaf, _) => unchecked((uint)leaf) switch
        {
            0 => (0, 0, vendor, 0),
            0x80000000 => (unchecked((int)0x80000000) + last, 0, 0, 0),
            0x8000001D => (caches, 0, 0, 0),
            _ => default,
        }).ShouldBe(hidden);
}
