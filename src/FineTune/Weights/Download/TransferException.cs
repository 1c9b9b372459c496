namespace FineTune.Weights;

/// <summary>Why one try to fetch a file failed.</summary>
/// <param name="reason">A clause.</param>
/// <param name="mayPass">Whether another try may succeed.</param>
/// <param name="inner">What led to it.</param>
internal sealed class TransferException(string reason, bool mayPass, Exception? inner = null) : Exception(reason, inner)
{
    /// <summary>Whether another try may succeed.</summary>
    public bool MayPass { get; } = mayPass;

    /// <summary>Whether the server's name is not known: there may be no network.</summary>
    public bool NoNetwork => InnerException is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError };
}
