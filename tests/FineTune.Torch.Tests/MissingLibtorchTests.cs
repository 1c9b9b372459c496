using System.Diagnostics;
using System.Text.RegularExpressions;
using FineTune.Tests;
using FineTune.Torch;

namespace TorchSharp.Tests;

/// <summary>Where libtorch is not there, one sentence says the three ways to provide it: to whoever builds and to whoever runs.</summary>
public sealed partial class MissingLibtorchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("finetune-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_sentence_is_one_and_names_three_ways()
    {
        Native.Missing.ShouldContain("apt install libtorch-dev");
        Native.Missing.ShouldContain("FINETUNE_LIBTORCH=DIR");
        Native.Missing.ShouldContain("FINETUNE_LIBTORCH=python");
        Native.Missing.Count(c => c == '.').ShouldBe(1);
        Engine.LoadError().ShouldBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_process_without_it_is_told_by_the_check_and_by_the_first_use(bool broken)
    {
        var name = typeof(WithoutLibtorch).Assembly.GetName().Name!;
        foreach (var file in new[] { name + ".dll", name + ".runtimeconfig.json", "FineTune.Torch.dll" })
            File.Copy(Path.Combine(AppContext.BaseDirectory, file), Path.Combine(_folder, file));
        if (broken)
            File.WriteAllText(Path.Combine(_folder, "libfinetune_torch.so"), "no library");

        var (code, output) = Run(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet", ["exec", Path.Combine(_folder, name + ".dll")]);

        output.ShouldBe($"{Native.Missing} {Native.Missing}");
        code.ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_build_without_it_is_told_the_same(bool named)
    {
        string[] nowhere = named ? [] : [$"-DCMAKE_FIND_ROOT_PATH={_folder}", "-DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY", "-DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY"];

        var (code, output) = Run("cmake", ["-S", Path.Combine(Repo.Root, "src", "FineTune.Torch", "native"), "-B", Path.Combine(_folder, "build"), .. nowhere], named ? _folder : string.Empty);

        code.ShouldNotBe(0);
        output.ShouldContain(Native.Missing);
    }

    private static (int Code, string Output) Run(string program, string[] arguments, string libtorch = "")
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["FINETUNE_LIBTORCH"] = libtorch;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        return (process.ExitCode, Blanks().Replace(output, " ").Trim());
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
