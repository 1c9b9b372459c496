namespace FineTune.Weights;

/// <summary>Addresses as the mirrors of the options have them.</summary>
internal static class Mirrors
{
    /// <summary>The address to fetch from: http, https or file.</summary>
    /// <exception cref="FineTuneException">The path does not fit into a folder.</exception>
    public static Uri Of(FetchRequest request, DownloadOptions options)
    {
        var mirror = (request.IsHub ? options.HubMirror : null) ?? options.Mirror;
        if (mirror is null)
            return request.Url;
        if (mirror.IsFile)
            return new Uri(Path.Combine([mirror.LocalPath, .. Names(request.Url)]));
        return new Uri(mirror.GetLeftPart(UriPartial.Path).TrimEnd('/') + request.Url.PathAndQuery);
    }

    /// <summary>Whether an address may be asked: https always, http on this machine and of a mirror, from https to http never.</summary>
    /// <param name="url">The address.</param>
    /// <param name="from">The address that led to it; null for the first.</param>
    /// <param name="options">The mirrors.</param>
    public static bool Allows(Uri url, Uri? from, DownloadOptions options) =>
        url.Scheme == Uri.UriSchemeHttps
        || (url.Scheme == Uri.UriSchemeHttp
            && from?.Scheme != Uri.UriSchemeHttps
            && (url.IsLoopback || IsOf(url, options.Mirror) || IsOf(url, options.HubMirror)));

    private static bool IsOf(Uri url, Uri? mirror) => mirror?.Authority == url.Authority && mirror.Scheme == url.Scheme;

    private static IEnumerable<string> Names(Uri url)
    {
        foreach (var name in url.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString))
            yield return CardUrl.IsFileName(name)
                ? name
                : throw new FineTuneException($"The path of {url} names no file of a folder; a mirror that is a folder cannot have it.");
    }
}
