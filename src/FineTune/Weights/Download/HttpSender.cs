using System.Net;
using System.Net.Http.Headers;

namespace FineTune.Weights;

/// <summary>Sends requests, and follows redirects by the rules. The one place with network code.</summary>
internal sealed class HttpSender : IDisposable
{
    private const int MostRedirects = 5;
    private const string Hub = "huggingface.co";
    private readonly HttpClient _client;
    private readonly DownloadOptions _options;

    public HttpSender(DownloadOptions options)
    {
        _options = options;
#pragma warning disable RS0030 // here, and nowhere else
        _client = new HttpClient(options.Handler?.Invoke() ?? OnNetwork(options)) { Timeout = Timeout.InfiniteTimeSpan };
#pragma warning restore RS0030
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue(
            "FineTune", typeof(HttpSender).Assembly.GetName().Version?.ToString(3)));
        _client.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
    }

    /// <summary>The answer to a request, once its headers are here.</summary>
    /// <param name="request">What is fetched.</param>
    /// <param name="url">The address to ask.</param>
    /// <param name="method">GET or HEAD; a HEAD is not followed to another host.</param>
    /// <param name="prepare">Adds headers.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="TransferException">It leads too far, or to where it may not.</exception>
    public async Task<HttpResponseMessage> Send(
        FetchRequest request, Uri url, HttpMethod method, Action<HttpRequestMessage> prepare, CancellationToken stop)
    {
        var first = url;
        Uri? from = null;
        for (var redirects = 0; ; redirects++)
        {
            if (!Mirrors.Allows(url, from, _options))
                throw new TransferException(
                    from is null ? $"{url} is not https" : $"{from} leads to {url}, which is not https", mayPass: false);
            using var message = new HttpRequestMessage(method, url);
            prepare(message);
            Authorize(request, message);
            var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
            if (!IsRedirect(response.StatusCode) || response.Headers.Location is not { } location)
                return response;
            (from, url) = (url, new Uri(url, location));
            if (method == HttpMethod.Head && url.Authority != first.Authority)
                return response;
            response.Dispose();
            if (redirects == MostRedirects)
                throw new TransferException($"it leads through more than {MostRedirects} redirects", mayPass: false);
        }
    }

    public void Dispose() => _client.Dispose();

    private static SocketsHttpHandler OnNetwork(DownloadOptions options) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = options.StallTimeout,
        UseCookies = false,
    };

    private static bool IsRedirect(HttpStatusCode status) => status is
        HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    /// <summary>The hub's token, for the hub alone: a mirror or a redirect's host does not get it.</summary>
    private void Authorize(FetchRequest request, HttpRequestMessage message)
    {
        if (!request.IsHub || _options.HubToken is not { } token)
            return;
        var url = message.RequestUri!;
        if (url.Scheme != Uri.UriSchemeHttps || url.Host != Hub || !url.IsDefaultPort)
            return;
        if (!token.All(c => c is > ' ' and <= '~'))
            throw new FineTuneException("HF_TOKEN has a character that no token has; a line of letters, digits and signs is allowed.");
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }
}
