using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using FineTune.Images;
using TorchSharp;

namespace FineTune.Experiment;

/// <summary>What the machine offers and what is used of it.</summary>
/// <param name="Findings">Name and value, in order.</param>
/// <param name="Advice">What would make it faster, or work at all.</param>
/// <param name="IsUsable">Whether the engine can be loaded.</param>
public sealed record Checkup(IReadOnlyList<(string Name, string Value)> Findings, IReadOnlyList<string> Advice, bool IsUsable)
{
    /// <summary>Looks.</summary>
    public static Checkup Take()
    {
        var findings = new List<(string, string)>
        {
            ("finetune", typeof(Checkup).Assembly.GetName().Version?.ToString(3) ?? "?"),
            ("dotnet", Environment.Version.ToString()),
            ("os", RuntimeInformation.OSDescription),
            ("engine", Compute.EngineName),
        };
        var advice = new List<string>();
        var error = Compute.LoadError();
        if (error is null)
        {
            Compute.Start(0);
            var (version, path) = Compute.Libtorch();
            findings.Add(("libtorch", $"{version}{(path is null ? string.Empty : $" from {path}")}"));
            Blas(findings, advice);
            findings.Add(("threads", $"{torch.get_num_threads()} of {Environment.ProcessorCount} cores"));
            Gpu(findings, advice);
        }
        else
        {
            findings.Add(("libtorch", "none"));
            advice.Add(error);
        }

        Cpu(findings, advice);
        findings.Add(("images", ImageFile.Libraries));
        return new Checkup(findings, advice, error is null);
    }

    private static void Blas(List<(string, string)> findings, List<string> advice)
    {
        var paths = Compute.Blas().Select(Path.GetFullPath).ToArray();
        var configuration = Compute.Configuration();
        var fast = paths.Any(p => p.Contains("openblas", StringComparison.OrdinalIgnoreCase) || p.Contains("mkl", StringComparison.OrdinalIgnoreCase))
            || configuration.Contains("Math Kernel Library", StringComparison.Ordinal);
        findings.Add(("blas", paths.Length > 0 ? string.Join(", ", paths) : fast ? "in libtorch" : "unknown"));
        findings.Add(("onednn", configuration.Contains("MKL-DNN", StringComparison.Ordinal) || configuration.Contains("oneDNN", StringComparison.OrdinalIgnoreCase) ? "yes" : "no"));
        if (!fast && Compute.EngineName == "system")
            advice.Add("The reference BLAS multiplies matrices some thirty times slower than OpenBLAS: apt install libopenblas0-pthread.");
    }

    private static void Cpu(List<(string, string)> findings, List<string> advice)
    {
        (string Name, bool Has)[] features = [("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported), ("AVX-512", Avx512F.IsSupported), ("AVX-512 BF16", HasFlag("avx512_bf16"))];
        findings.Add(("cpu", $"{CpuName()}, {string.Join(", ", features.Where(f => f.Has).Select(f => f.Name).DefaultIfEmpty("no vector extensions"))}"));
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64 && !Avx2.IsSupported)
            advice.Add("This processor has no AVX2: training will be several times slower than on one that has.");
    }

    private static void Gpu(List<(string, string)> findings, List<string> advice)
    {
        var count = torch.cuda.device_count();
        findings.Add(("gpu", count > 0 ? $"{count} CUDA" : "none that this libtorch can use"));
        if (count == 0 && File.Exists("/proc/driver/nvidia/version"))
            advice.Add("There is an NVIDIA driver, but this libtorch is built without CUDA: name a CUDA build by FINETUNE_LIBTORCH and build again.");
    }

    private static string CpuName() => CpuInfo("model name") ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static bool HasFlag(string flag) => CpuInfo("flags")?.Split(' ').Contains(flag) == true;

    private static string? CpuInfo(string key) => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[^1].Trim()
        : null;
}
