using FineTune.Engine;

namespace FineTune;

/// <summary>The calls of the system that <see cref="AtomicFile"/> is made of; tests let them fail one by one.</summary>
internal class FileCalls
{
    /// <summary>A new, empty file to write to.</summary>
    public virtual Stream Create(string path) => new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);

    /// <summary>Puts what was written onto the disk.</summary>
    public virtual void Flush(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    /// <summary>Renames a file over another.</summary>
    public virtual void Move(string from, string to) => File.Move(from, to, overwrite: true);

    /// <summary>Deletes a file.</summary>
    public virtual void Delete(string path) => File.Delete(path);

    /// <summary>Makes renames in a folder durable. Does nothing where the system has no such call.</summary>
    public virtual void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var fd = LibC.Open(folder, 0);
        if (fd < 0)
            return;
        _ = LibC.Flush(fd);
        _ = LibC.Close(fd);
    }
}
