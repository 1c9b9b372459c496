using System.Diagnostics;
using FineTune.Data;

namespace FineTune.Tests.Data;

/// <summary>Names of folders and files as other systems and archives leave them.</summary>
public sealed class NameTests : IDisposable
{
    private const string Composed = "caf\u00e9", Decomposed = "cafe\u0301";

    private readonly ImageTree _tree = new();

    public void Dispose()
    {
        Latin1("rm -rf \"$1\"/caf* \"$1\"/a/caf*"); // .NET cannot
        _tree.Dispose();
    }

    [SkippableFact]
    public void A_class_may_be_composed_in_one_split_and_decomposed_in_another()
    {
        _tree.Images($"train/{Composed}", 2).Images("train/tea", 2).Images($"val/{Decomposed}", 1).Images("val/tea", 1);

        var data = ImageFolder.Open(_tree.Root);

        data.Classes.ShouldBe([Composed, "tea"]);
        var found = Inspector.Inspect(data);
        found.Unreadable.ShouldBeEmpty();
        found.Counts["val"][Composed].ShouldBe(1);
        found.Files.Select(f => f.Path).ShouldContain($"val/{Decomposed}/000.bmp"); // and in the hash of the content
        ImageFolder.Open(_tree.Root, new FolderOptions { Classes = ["tea", Decomposed] }).Classes.ShouldBe(["tea", Composed]);
    }

    [SkippableFact]
    public void One_name_in_two_spellings_is_refused()
    {
        _tree.Images($"a/{Composed}", 2);
        Directory.CreateDirectory(_tree.PathOf($"a/{Decomposed}"));
        Skip(Directory.GetDirectories(_tree.PathOf("a")).Length == 1);

        Should.Throw<FineTuneException>(() => ImageFolder.Open(_tree.PathOf("a"))).Message.ShouldContain(@"'cafe\u0301' and 'caf\u00e9'");
    }

    [SkippableFact]
    public void A_file_whose_name_is_not_utf8_is_said_to_be_so()
    {
        _tree.Images("a", 2).Images("b", 2);
        Skip(!Latin1("cp \"$1/a/000.bmp\" \"$1/a/$(printf 'caf\\351').bmp\""));

        var file = Inspector.Inspect(ImageFolder.Open(_tree.Root)).Unreadable.ShouldHaveSingleItem();

        file.Reason.ShouldContain("not UTF-8; rename it");
    }

    [SkippableFact]
    public void A_class_folder_whose_name_is_not_utf8_is_said_to_be_so()
    {
        _tree.Images("a", 2).Images("b", 2);
        Skip(!Latin1("cp -r \"$1/a\" \"$1/$(printf 'caf\\351')\""));

        Should.Throw<FineTuneException>(() => ImageFolder.Open(_tree.Root)).Message.ShouldContain("not UTF-8; rename it");
    }

    /// <summary>A system that takes no such name has nothing to test.</summary>
    private static void Skip(bool condition) => Xunit.Skip.If(condition, "this file system takes no such name");

    private bool Latin1(string script)
    {
        if (OperatingSystem.IsWindows())
            return false;
        using var shell = Process.Start("bash", ["-c", script, "bash", _tree.Root]);
        shell.WaitForExit();
        return shell.ExitCode == 0;
    }
}
