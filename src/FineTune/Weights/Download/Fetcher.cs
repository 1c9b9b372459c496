namespace FineTune.Weights;

/// <summary>Puts a file into the cache: written aside, checked, renamed; by one process at a time.</summary>
internal static class Fetcher
{
    /// <summary>Fetches the file of a request, unless it is there.</summary>
    /// <exception cref="FineTuneException">It cannot be fetched, or is not the right one; a sentence says why.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; what has arrived is kept.</exception>
    public static void Fetch(FetchRequest request, DownloadOptions options, CancellationToken stop = default) =>
        Task.Run(() => FetchAsync(request, options, stop), CancellationToken.None).GetAwaiter().GetResult();

    private static async Task FetchAsync(FetchRequest request, DownloadOptions options, CancellationToken stop)
    {
        if (File.Exists(request.Path))
            return;
        var from = Mirrors.Of(request, options);
        if (options.Offline || (request.IsHub && options.HubOffline))
            throw Offline(request, options);
        MakeFolder(Path.GetDirectoryName(request.Path)!);
        void Waiting() => options.Watch?.Say($"Another process is fetching {request.Title}; waiting for it.");
        using var held = await CacheLock.Take(request.Path, Waiting, stop).ConfigureAwait(false);
        if (File.Exists(request.Path))
            return;
        if (options.Watch is null)
        {
            await Download(request, from, options, null, stop).ConfigureAwait(false);
            return;
        }

        await options.Watch.Run(
            $"{request.Title} from {from}",
            async (progress, stopped) =>
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, stopped);
                await Download(request, from, options, progress, either.Token).ConfigureAwait(false);
            }).ConfigureAwait(false);
    }

    private static async Task Download(
        FetchRequest request, Uri from, DownloadOptions options, IProgress<DownloadProgress>? progress, CancellationToken stop)
    {
        var part = new PartFile(request.Path, options.OpenPart);
        var record = HashRecord.Read(request.Path);
        for (var first = true; ; first = false)
        {
            var pieces = from.IsFile
                ? await FolderCopy.Run(request, from, part, progress, stop).ConfigureAwait(false)
                : await OverNetwork(request, from, part, options, progress, stop).ConfigureAwait(false);
            if (request.Check.Problem(part.Path, record, out var hash) is not { } problem)
            {
                if (request.IsRecorded && record is null)
                    HashRecord.Write(request.Path, hash);
                part.Finish();
                return;
            }

            part.Clear();
            if (!first || !pieces)
                throw new FineTuneException($"What {from} gives {problem}{Remedy(request, problem)}; it was discarded.");
            options.Watch?.Say($"What came in pieces {problem}; fetching it anew.");
        }
    }

    /// <summary>Whether it came in several pieces.</summary>
    private static async Task<bool> OverNetwork(
        FetchRequest request,
        Uri from,
        PartFile part,
        DownloadOptions options,
        IProgress<DownloadProgress>? progress,
        CancellationToken stop)
    {
        using var sender = new HttpSender(options);
        var transfer = new Transfer(request, from, part, sender, options, progress);
        try
        {
            var rule = RetryRule.Of(options, sentence => options.Watch?.Say(sentence));
            using var response = await rule.ExecuteAsync(
                async token => await transfer.Try(token).ConfigureAwait(false), stop).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? transfer.Resumed
                : throw new TransferException(RetryRule.Reason(response, request.IsHub), mayPass: false);
        }
        catch (TransferException e)
        {
            var remedy = e.NoNetwork ? $"; {Elsewhere(request)}, or give the file that you have by --weights" : string.Empty;
            throw new FineTuneException($"Cannot fetch {request.Title} from {from}: {e.Message}{part.Kept()}{remedy}.", e);
        }
        catch (OperationCanceledException)
        {
            if (part.Kept() is { Length: > 0 } kept)
                options.Watch?.Say($"Fetching {request.Title} was stopped{kept}.");
            throw;
        }
    }

    private static string Remedy(FetchRequest request, string problem) => problem.Contains("the lock file", StringComparison.Ordinal)
        ? $" '{HashRecord.PathOf(request.Path)}' (delete it if the publisher has changed the file)"
        : string.Empty;

    private static FineTuneException Offline(FetchRequest request, DownloadOptions options)
    {
        var by = options.Offline ? "--offline or FINETUNE_OFFLINE" : "HF_HUB_OFFLINE";
        return new(
            $"{request.Title} is not in the cache and nothing is fetched ({by}); "
            + $"{Elsewhere(request)}.");
    }

    private static string Elsewhere(FetchRequest request) => $"fetch {request.Url} elsewhere and put it at '{request.Path}'";

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException(
                $"Cannot make the cache folder '{folder}': {AtomicFile.Reason(e)}; FINETUNE_CACHE can name another.", e);
        }
    }
}
