using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace FineTune.Engine;

/// <summary>
/// TorchSharp's libLibTorchSharp.so asks libstdc++ for one symbol version, GLIBCXX_3.4.32 of GCC 13, which Debian 12 and Ubuntu 22.04
/// lack. All that it takes of it is std::ios_base_library_init(), an empty function. A copy without that need loads there. It is made once,
/// beside the package's file, else in the user's cache folder; where neither can be written, each process holds one in memory.
/// </summary>
internal static class OlderSystem
{
    private const string Version = "GLIBCXX_3.4.32";
    private const string Harmless = "_ZN3c108GradMode10is_enabledEv"; // bool c10::GradMode::is_enabled(): reads a flag
    private const uint CloseOnExec = 1; // MFD_CLOEXEC

    /// <summary>Loads the copy.</summary>
    /// <param name="path">The package's own file.</param>
    /// <exception cref="FineTuneException">It is not the file that is known, or the system refuses the copy.</exception>
    public static nint Load(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            if (new ElfFile(bytes).MakeOptional(Version, Harmless).Count == 0)
                NativeLibrary.Load(path); // the need was not the reason: this says what is
            foreach (var copy in Places(path, bytes))
            {
                if (Keeps(copy, bytes))
                    return NativeLibrary.Load(copy);
            }

            return LoadFromMemory(bytes);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or DllNotFoundException
            or BadImageFormatException or ArgumentOutOfRangeException or OverflowException)
        {
            var reason = e.Message.ReplaceLineEndings(" ").TrimEnd('.');
            throw new FineTuneException(
                $"TorchSharp's library '{path}' cannot be loaded ({reason}); install TorchSharp {TorchEngine.TorchSharpVersion} again, " +
                "or use a system whose libstdc++ is of GCC 13 or later.",
                e);
        }
    }

    /// <summary>Where a copy may lie. Its name tells its content: a changed package gets a new one.</summary>
    private static IEnumerable<string> Places(string path, byte[] bytes)
    {
        var name = $"{Path.GetFileNameWithoutExtension(path)}-{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}.so";
        yield return Path.Combine(Path.GetDirectoryName(path)!, name);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } caches)
            yield return Path.Combine(caches, "finetune", name);
        else if (home.Length > 0)
            yield return Path.Combine(home, ".cache", "finetune", name);
    }

    /// <summary>Whether the file holds these bytes, now that it was written where it did not.</summary>
    private static bool Keeps(string copy, byte[] bytes)
    {
        try
        {
            if (File.Exists(copy) && File.ReadAllBytes(copy).AsSpan().SequenceEqual(bytes))
                return true;
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            AtomicFile.Write(copy, bytes);
            return true;
        }
        catch (Exception e) when (e is FineTuneException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static nint LoadFromMemory(byte[] bytes)
    {
        var file = LibC.CreateMemoryFile("LibTorchSharp", CloseOnExec);
        if (file < 0)
        {
            throw new DllNotFoundException(
                $"neither its folder nor the user's cache can be written, nor memory held: error {Marshal.GetLastPInvokeError()}");
        }

        using var stream = new FileStream(new SafeFileHandle(file, ownsHandle: true), FileAccess.Write);
        stream.Write(bytes);
        stream.Flush();
        return NativeLibrary.Load($"/proc/self/fd/{file}");
    }
}
