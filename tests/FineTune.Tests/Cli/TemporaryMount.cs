namespace FineTune.Tests.Cli;

/// <summary>A small file system in memory, where the system lets the tests mount one.</summary>
internal sealed class TemporaryMount : IDisposable
{
    private readonly string _folder;

    public TemporaryMount(string folder, string options)
    {
        _folder = folder;
        IsMounted = OperatingSystem.IsLinux()
            && Environment.IsPrivilegedProcess
            && Finetune.RunProgram("mount", ["-t", "tmpfs", "-o", options, "none", folder]).Code == 0;
    }

    public bool IsMounted { get; }

    public void Dispose()
    {
        if (IsMounted)
            Finetune.RunProgram("umount", [_folder]).Code.ShouldBe(0);
    }
}
