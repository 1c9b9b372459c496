namespace FineTune.Weights;

/// <summary>Waits for the network, each time so long and no longer.</summary>
internal sealed class Patience(TimeSpan longest, CancellationToken stop) : IDisposable
{
    private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(stop);

    /// <summary>What comes.</summary>
    /// <exception cref="TransferException">Nothing came for too long, or the connection broke.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task<T> Wait<T>(Func<CancellationToken, Task<T>> read)
    {
        _source.CancelAfter(longest);
        try
        {
            return await read(_source.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new TransferException(
                FormattableString.Invariant($"nothing arrived for {longest.TotalSeconds:0.###} s"), mayPass: true, e);
        }
        catch (HttpRequestException e)
        {
            throw new TransferException(
                Reason(e), e.HttpRequestError is not (HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError), e);
        }
        catch (IOException e)
        {
            throw new TransferException("the connection broke", mayPass: true, e);
        }
    }

    public void Dispose() => _source.Dispose();

    private static string Reason(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "the name of the server is not known; there may be no network",
        HttpRequestError.SecureConnectionError => $"there is no secure connection ({(e.InnerException ?? e).Message.TrimEnd('.')})",
        HttpRequestError.ConnectionError => "there is no connection to the server",
        _ => "the connection broke",
    };
}
