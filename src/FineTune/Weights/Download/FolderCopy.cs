namespace FineTune.Weights;

/// <summary>Fetches from a mirror that is a folder.</summary>
internal static class FolderCopy
{
    /// <summary>Copies the file into the part; never in pieces.</summary>
    /// <exception cref="FineTuneException">It is not there, or cannot be copied.</exception>
    public static async Task<bool> Run(
        FetchRequest request, Uri from, PartFile part, IProgress<DownloadProgress>? progress, CancellationToken stop)
    {
        part.Begin(tag: null);
        using var source = Open(request, from.LocalPath);
        var buffer = new byte[1 << 20];
        var done = 0L;
        try
        {
            using var target = part.Append();
            for (int read; (read = await source.ReadAsync(buffer, stop).ConfigureAwait(false)) > 0;)
            {
                target.Write(buffer.AsSpan(0, read));
                done += read;
                progress?.Report(new(done, source.Length));
            }

            (target as FileStream)?.Flush(flushToDisk: true);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            part.Clear();
            throw new FineTuneException($"Cannot copy '{from.LocalPath}' to '{part.Path}': {AtomicFile.Reason(e)}.", e);
        }
    }

    private static FileStream Open(FetchRequest request, string path)
    {
        try
        {
            return RegularFile.OpenStream(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"Cannot fetch {request.Title} from the mirror '{path}': {RegularFile.Reason(path, e)}.", e);
        }
    }
}
