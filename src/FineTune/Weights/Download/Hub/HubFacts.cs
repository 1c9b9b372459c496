namespace FineTune.Weights;

/// <summary>What the hub's headers say of a file, before it is fetched.</summary>
/// <param name="Commit">The commit of the revision that was asked for; null where the server does not say.</param>
/// <param name="Sha256">The file's hash, where it is kept as a large file.</param>
/// <param name="Bytes">Its size, where it is kept as a large file.</param>
internal sealed record HubFacts(string? Commit, string? Sha256, long? Bytes)
{
    /// <summary>Asks for a file's headers. A server that does not answer them leaves all open.</summary>
    /// <exception cref="FineTuneException">The server cannot be reached, or the file is not there.</exception>
    public static HubFacts Ask(FetchRequest request, DownloadOptions options) =>
        Task.Run(() => AskAsync(request, options)).GetAwaiter().GetResult();

    private static async Task<HubFacts> AskAsync(FetchRequest request, DownloadOptions options)
    {
        var url = Mirrors.Of(request, options);
        if (url.IsFile)
            return new(null, null, null);
        try
        {
            using var sender = new HttpSender(options);
            using var response = await RetryRule.Of(options, sentence => options.Watch?.Say(sentence))
                .ExecuteAsync(async stop => await Once(sender, request, url, options, stop).ConfigureAwait(false)).ConfigureAwait(false);
            if ((int)response.StatusCode is 401 or 403 or 404)
                throw new TransferException(RetryRule.Reason(response, isHub: true), mayPass: false);
            var hash = Header(response, "X-Linked-ETag")?.Trim('"');
            var commit = Header(response, "X-Repo-Commit");
            return new(
                HubFolder.IsCommit(commit) ? commit : null,
                hash?.Length == 64 && hash.All(char.IsAsciiHexDigitLower) ? hash : null,
                long.TryParse(Header(response, "X-Linked-Size"), out var bytes) && bytes > 0 ? bytes : null);
        }
        catch (TransferException e)
        {
            throw new FineTuneException($"Cannot fetch {request.Title} from {url}: {e.Message}.", e);
        }
    }

    private static async Task<HttpResponseMessage> Once(
        HttpSender sender, FetchRequest request, Uri url, DownloadOptions options, CancellationToken stop)
    {
        using var patience = new Patience(options.StallTimeout, stop);
        return await patience.Wait(token => sender.Send(request, url, HttpMethod.Head, _ => { }, token)).ConfigureAwait(false);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
