using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using FineTune.Distributed;
using FineTune.Engine;
using FineTune.Images;
using TorchSharp;

namespace FineTune.Experiment;

/// <summary>What the machine offers and what is used of it.</summary>
/// <param name="Findings">Name and value, in order.</param>
/// <param name="Advice">What would make it faster, or work at all.</param>
/// <param name="IsUsable">Whether the engine can be loaded.</param>
public sealed record Checkup(IReadOnlyList<(string Name, string Value)> Findings, IReadOnlyList<string> Advice, bool IsUsable)
{
    private const string NotTold = "not reported by this libtorch";

    private const string CachesAreHidden = "This processor tells nothing of its caches (a setting of the virtual machine): "
        + "oneDNN then ends the process in "
        + "training of some networks, such as ResNet-50. FINETUNE_ONEDNN=off avoids it; convolutions are then slower, in bfloat16 by far.";

    /// <summary>Looks.</summary>
    public static Checkup Take()
    {
        var findings = new List<(string, string)>
        {
            ("finetune", typeof(Checkup).Assembly.GetName().Version?.ToString(3) ?? "?"),
            ("dotnet", Environment.Version.ToString()),
            ("os", RuntimeInformation.OSDescription),
            ("engine", TorchEngine.Name),
        };
        var advice = new List<string>();
        var error = TorchEngine.LoadError();
        if (error is null)
        {
            TorchEngine.Start(0);
            var file = TorchEngine.LibtorchFile;
            findings.Add(("libtorch", file is null ? TorchEngine.LibtorchVersion : $"{TorchEngine.LibtorchVersion} from {file}"));
            findings.Add(("capability", TorchEngine.Capability ?? NotTold));
            findings.AddRange(Libraries(TorchEngine.Configuration));
            findings.Add(("autocast", Autocast.IsAvailable ? "bfloat16, CPU and CUDA" : "none: not exported by this libtorch"));
            findings.Add(("threads", $"{torch.get_num_threads()} of {Environment.ProcessorCount} cores"));
            Gpu(findings, advice);
            if (CacheTopology.IsHidden && !TorchEngine.IsWithoutOneDnn)
                advice.Add(CachesAreHidden);
        }
        else
        {
            findings.Add(("libtorch", "none"));
            advice.Add(error);
        }

        Cpu(findings, advice);
        findings.Add(("mpi", Communicators.MpiVersion() ?? "none: training is in one process"));
        findings.Add(("nccl", Communicators.NcclVersion() ?? "none"));
        findings.Add(("images", ImageFile.Libraries));
        if (ImageFile.Advice is { } images)
            advice.Add(images);
        return new Checkup(findings, advice, error is null);
    }

    /// <summary>BLAS and oneDNN, in libtorch's own words.</summary>
    private static IEnumerable<(string Name, string Value)> Libraries(string configuration)
    {
        var lines = configuration.Split('\n').Select(line => line.Trim(' ', '-')).ToArray();
        var settings = lines.FirstOrDefault(l => l.StartsWith("Build settings:", StringComparison.Ordinal)) ?? string.Empty;
        var blas = settings.Split(", ").FirstOrDefault(s => s.Contains("BLAS_INFO=", StringComparison.Ordinal));
        var kernels = lines.FirstOrDefault(l => l.Contains("Math Kernel Library", StringComparison.Ordinal));
        var dnn = lines.FirstOrDefault(l => l.Contains("DNN v", StringComparison.Ordinal));
        yield return ("blas", kernels ?? blas?.Split('=')[^1] ?? NotTold);
        yield return ("onednn", $"{dnn ?? NotTold}{(TorchEngine.IsWithoutOneDnn ? "; off (FINETUNE_ONEDNN)" : string.Empty)}");
    }

    private static void Cpu(List<(string, string)> findings, List<string> advice)
    {
        (string Name, bool Has)[] features =
        [
            ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported), ("AVX-512", Avx512F.IsSupported),
            ("AVX-512 BF16", HasFlag("avx512_bf16")),
        ];
        var here = features.Where(f => f.Has).Select(f => f.Name).DefaultIfEmpty("no vector extensions");
        findings.Add(("cpu", $"{CpuName()}, {string.Join(", ", here)}"));
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64 && !Avx2.IsSupported)
            advice.Add("This processor has no AVX2: training will be several times slower than on one that has.");
    }

    private static void Gpu(List<(string, string)> findings, List<string> advice)
    {
        var count = torch.cuda.device_count();
        findings.Add(("gpu", count > 0 ? $"{count} CUDA" : "none that this libtorch can use"));
        if (count == 0 && File.Exists("/proc/driver/nvidia/version"))
        {
            advice.Add("There is an NVIDIA driver, but this libtorch is built without CUDA: "
                + "set FINETUNE_LIBTORCH to a CUDA build of the same version, or build with -p:TorchEngine=cuda.");
        }
    }

    private static string CpuName() => CpuInfo("model name") ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static bool HasFlag(string flag) => CpuInfo("flags")?.Split(' ').Contains(flag) == true;

    private static string? CpuInfo(string key) => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[^1].Trim()
        : null;
}
