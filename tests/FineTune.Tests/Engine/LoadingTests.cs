using System.Runtime.InteropServices;
using FineTune.Engine;
using FineTune.Tests.Cli;

namespace FineTune.Tests.Engine;

/// <summary>Where libtorch is looked for, and what is said where it is not there or is not one that TorchSharp can use.</summary>
public sealed class LoadingTests : IDisposable
{
    private readonly BareApplication _application = new();

    public LoadingTests() => Skip.IfNot(OperatingSystem.IsLinux(), "On Windows and macOS TorchSharp loads its packages' files itself.");

    public void Dispose() => _application.Dispose();

    [SkippableFact]
    public void Without_libtorch_every_verb_that_needs_it_says_one_sentence()
    {
        var doctor = _application.Doctor(libtorch: string.Empty);
        doctor.Code.ShouldBe(1);
        ((string)doctor.Json.ShouldHaveSingleItem()["advice"]![0]!).ShouldBe(LibtorchFolder.Missing);
        _application.Run(string.Empty, null, "gradcheck", "cifar_resnet20").ShouldFail(LibtorchFolder.Missing);
        Outcome.Sentence(LibtorchFolder.Missing, ["libtorch-cpu-linux-x64 2.10.0", "FINETUNE_LIBTORCH=DIR", "FINETUNE_LIBTORCH=python"]);
    }

    [SkippableFact]
    public void What_needs_no_libtorch_works_without()
    {
        _application.Run(string.Empty, null, "list", "models").ShouldSucceed();
        _application.Run(string.Empty, null, "--help").ShouldSucceed();
        _application.Run(string.Empty, null, "train", "--no-such-option").ShouldBeWrongUsage("--no-such-option");
    }

    [SkippableFact]
    public void A_folder_that_the_variable_names_is_used()
    {
        var doctor = _application.Doctor(_application.Libtorch).ShouldSucceed().Json.ShouldHaveSingleItem();
        ((string)doctor["libtorch"]!).ShouldBe($"2.10.0 from {Path.Combine(_application.Libtorch, "libtorch_cpu.so")}");
        ((string)doctor["engine"]!).ShouldBe("TorchSharp 0.107.0");
    }

    [SkippableFact]
    public void A_folder_libtorch_beside_the_application_is_used()
    {
        Directory.CreateSymbolicLink(_application.PathOf("libtorch"), _application.Libtorch.TrimEnd('/'));
        ((string)_application.Doctor(string.Empty).ShouldSucceed().Json[0]["libtorch"]!).ShouldStartWith("2.10.0 from ");
    }

    [SkippableFact]
    public void A_named_folder_without_libtorch_is_told()
    {
        var folder = _application.PathOf("nothing");
        _application.Run(folder, null, "gradcheck", "cifar_resnet20")
            .ShouldFail($"FINETUNE_LIBTORCH is '{folder}'", "there is no libtorch", "libtorch_cpu.so");
    }

    [SkippableFact]
    public void A_libtorch_of_another_version_is_refused()
    {
        var folder = Directory.CreateDirectory(_application.PathOf("other/lib")).FullName;
        // a library, and no libtorch of 2.10
        File.Copy(Path.Combine(_application.Libtorch, "libc10.so"), Path.Combine(folder, "libtorch_cpu.so"));
        File.WriteAllText(_application.PathOf("other/build-version"), "2.4.1+cpu\n");

        _application.Run(_application.PathOf("other"), null, "gradcheck", "cifar_resnet20")
            .ShouldFail("version 2.4.1", "TorchSharp 0.107.0 works with 2.10 only", "FINETUNE_LIBTORCH");
    }

    [SkippableFact]
    public void A_file_that_is_no_library_is_told()
    {
        var folder = Directory.CreateDirectory(_application.PathOf("broken")).FullName;
        File.WriteAllText(Path.Combine(folder, "libtorch_cpu.so"), "no library");
        _application.Run(folder, null, "gradcheck", "cifar_resnet20").ShouldFail("libtorch_cpu.so' cannot be loaded");
    }

    [SkippableFact]
    public void Many_processes_at_once_make_one_copy_and_leave_nothing_else()
    {
        SkipWhereTheUntouchedFileLoads();
        var outcomes = new Outcome[6];
        var all = new ParallelOptions { MaxDegreeOfParallelism = outcomes.Length };
        Parallel.For(0, outcomes.Length, all, k => outcomes[k] = _application.Doctor(_application.Libtorch));

        outcomes.ShouldAllBe(o => o.Code == 0);
        Directory.GetFiles(Path.GetDirectoryName(_application.TorchSharp)!, "*LibTorchSharp*").Order(StringComparer.Ordinal)
            .ShouldBe([_application.Copies.ShouldHaveSingleItem(), _application.TorchSharp]);
    }

    [SkippableFact]
    public void A_changed_package_gets_a_new_copy_and_a_damaged_copy_is_made_again()
    {
        SkipWhereTheUntouchedFileLoads();
        _application.Doctor(_application.Libtorch).ShouldSucceed();
        var first = _application.Copies.ShouldHaveSingleItem();
        var whole = File.ReadAllBytes(first);
        File.WriteAllBytes(first, whole[..1000]);
        _application.Doctor(_application.Libtorch).ShouldSucceed();
        File.ReadAllBytes(first).ShouldBe(whole);

        using (var package = File.Open(_application.TorchSharp, FileMode.Append))
            package.WriteByte(0);
        _application.Doctor(_application.Libtorch).ShouldSucceed();
        _application.Copies.Length.ShouldBe(2);
    }

    [SkippableFact]
    public void Where_the_package_cannot_be_written_the_copy_lies_in_the_users_cache_and_else_in_memory()
    {
        SkipWhereTheUntouchedFileLoads();
        _application.Doctor(_application.Libtorch).ShouldSucceed();
        var copy = _application.Copies.ShouldHaveSingleItem();
        File.Delete(copy);
        Directory.CreateDirectory(copy); // no file can take its place, not even root's

        _application.Doctor(_application.Libtorch).ShouldSucceed();
        File.Exists(_application.PathOf($"cache/finetune/{Path.GetFileName(copy)}")).ShouldBeTrue();

        File.WriteAllText(_application.PathOf("file"), "no folder");
        _application.Doctor(_application.Libtorch, cache: _application.PathOf("file")).ShouldSucceed();
    }

    private void SkipWhereTheUntouchedFileLoads()
    {
        var loads = NativeLibrary.TryLoad(_application.TorchSharp, out _); // libtorch is loaded, so its own needs decide
        Skip.If(loads, "libstdc++ is of GCC 13 or later: TorchSharp's file loads as it is.");
    }
}
