using System.Net;
using System.Net.Http.Headers;

namespace FineTune.Weights;

/// <summary>Fetches one file into its part, in as many tries as it takes: each goes on where the last one ended.</summary>
internal sealed class Transfer(
    FetchRequest request, Uri url, PartFile part, HttpSender sender, DownloadOptions options, IProgress<DownloadProgress>? progress)
{
    private const string Whole = "bytes"; // the unit of ranges

    /// <summary>Whether what is in the part came in more than one piece.</summary>
    public bool Resumed { get; private set; }

    /// <summary>One try. The part is whole where the answer is a success.</summary>
    /// <exception cref="TransferException">The try failed.</exception>
    /// <exception cref="FineTuneException">The disk cannot be written.</exception>
    public async Task<HttpResponseMessage> Try(CancellationToken stop)
    {
        using var patience = new Patience(options.StallTimeout, stop);
        var (have, tag) = (part.Length, part.Tag);
        var response = await patience.Wait(
            token => sender.Send(request, url, HttpMethod.Get, message => AskFrom(message, have, tag), token)).ConfigureAwait(false);
        try
        {
            await Take(response, have, tag, patience).ConfigureAwait(false);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static void AskFrom(HttpRequestMessage message, long have, string? tag)
    {
        if (have == 0)
            return;
        message.Headers.Range = new RangeHeaderValue(have, null);
        message.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue(tag!));
    }

    private async Task Take(HttpResponseMessage response, long have, string? tag, Patience patience)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                have = 0;
                CheckSize(response.Content.Headers.ContentLength);
                part.Begin(Strong(response.Headers.ETag));
                break;
            case HttpStatusCode.PartialContent:
                if (!Continues(response, have, tag))
                {
                    part.Clear();
                    throw new TransferException("the server sent another part than was asked for", mayPass: have > 0);
                }

                CheckSize(response.Content.Headers.ContentRange!.Length);
                Resumed = true;
                break;
            case HttpStatusCode.RequestedRangeNotSatisfiable when have > 0:
                Resumed = true;
                if (response.Content.Headers.ContentRange?.Length == have && (request.Check.Bytes ?? have) == have)
                {
                    response.StatusCode = HttpStatusCode.OK; // it was whole already
                    return;
                }

                part.Clear();
                throw new TransferException("the file is shorter than what had arrived of it", mayPass: true);
            default:
                return;
        }

        if (response.Content.Headers.ContentEncoding.Any(e => e != "identity"))
        {
            var packed = string.Join(", ", response.Content.Headers.ContentEncoding);
            throw new TransferException($"the server packs it ({packed}), which was not asked for", mayPass: false);
        }

        await Copy(response, have, patience).ConfigureAwait(false);
    }

    private async Task Copy(HttpResponseMessage response, long have, Patience patience)
    {
        var headers = response.Content.Headers;
        var total = headers.ContentRange?.Length ?? (have == 0 ? headers.ContentLength : null) ?? request.Check.Bytes;
        var buffer = new byte[1 << 17];
        using var body = await patience.Wait(response.Content.ReadAsStreamAsync).ConfigureAwait(false);
        using var file = Disk(part.Append);
        progress?.Report(new(have, total));
        for (int read; (read = await patience.Wait(token => body.ReadAsync(buffer, token).AsTask()).ConfigureAwait(false)) > 0;)
        {
            CheckSize(have + read, exact: false);
            Disk(() => file.Write(buffer.AsSpan(0, read)));
            have += read;
            progress?.Report(new(have, total));
        }

        Disk(() => (file as FileStream)?.Flush(flushToDisk: true));
        if (total is { } all && have < all)
            throw new TransferException($"the connection ended after {have} of {all} bytes", mayPass: true);
    }

    private static bool Continues(HttpResponseMessage response, long have, string? tag) =>
        have > 0
        && response.Content.Headers.ContentRange is { Unit: Whole, From: { } from, HasRange: true } range
        && from == have
        && (range.Length is null || range.To == range.Length - 1)
        && (response.Headers.ETag is null || response.Headers.ETag.ToString() == tag);

    /// <summary>A weak tag does not say that the bytes are the same.</summary>
    private static string? Strong(EntityTagHeaderValue? tag) => tag is { IsWeak: false } ? tag.ToString() : null;

    private void CheckSize(long? bytes, bool exact = true)
    {
        if (bytes is null)
            return;
        if (request.Check.Bytes is { } known && (exact ? bytes != known : bytes > known))
            throw new TransferException(
                $"it has {(exact ? $"{bytes}" : $"more than {known}")} bytes where {request.Check.Name} says {known}", mayPass: false);
        var most = request.MaxBytes ?? options.MaxBytes;
        if (bytes > most)
            throw new TransferException($"it has more than the {most} bytes that are allowed", mayPass: false);
    }

    private void Disk(Action write) => Disk<object?>(() =>
    {
        write();
        return null;
    });

    private T Disk<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"Cannot write '{part.Path}': {AtomicFile.Reason(e)}{part.Kept()}.", e);
        }
    }
}
