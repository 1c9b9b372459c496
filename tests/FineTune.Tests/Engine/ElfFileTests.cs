using FineTune.Engine;

namespace FineTune.Tests.Engine;

public sealed class ElfFileTests
{
    private const string Version = "GLIBCXX_3.4.32", StandIn = "_ZN3c108GradMode10is_enabledEv";

    private static readonly byte[] Package =
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so"));

    [Fact]
    public void The_one_symbol_of_the_version_is_redirected_and_three_places_change()
    {
        var bytes = Package.ToArray();
        new ElfFile(bytes).MakeOptional(Version, StandIn).ShouldBe(["_ZSt21ios_base_library_initv"]);
        var changed = Enumerable.Range(0, bytes.Length).Where(k => bytes[k] != Package[k]).ToArray();
        changed.Length.ShouldBeInRange(3, 8); // a flag, a version index, an offset of a name
        new ElfFile(bytes).MakeOptional(Version, StandIn).ShouldBeEmpty();
    }

    [Fact]
    public void A_version_that_is_not_needed_changes_nothing()
    {
        var bytes = Package.ToArray();
        new ElfFile(bytes).MakeOptional("GLIBCXX_9.9", StandIn).ShouldBeEmpty();
        bytes.ShouldBe(Package);
    }

    [Fact]
    public void A_stand_in_that_is_not_imported_is_told() =>
        Should.Throw<InvalidDataException>(() => new ElfFile(Package.ToArray()).MakeOptional(Version, "no_such_function"))
            .Message.ShouldContain("no_such_function");

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(63)]
    [InlineData(5000)]
    public void A_file_cut_short_is_an_error_and_no_crash(int length)
    {
        var error = Should.Throw<Exception>(() => new ElfFile(Package[..length]).MakeOptional(Version, StandIn));
        (error is InvalidDataException or ArgumentOutOfRangeException).ShouldBeTrue(error.GetType().Name);
    }
}
