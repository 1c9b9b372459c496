namespace FineTune.Weights;

/// <summary>Who watches downloads: shows how far they are, and can stop them.</summary>
public interface IDownloadWatch
{
    /// <summary>Runs a download under a display.</summary>
    /// <param name="title">What is fetched, in words.</param>
    /// <param name="download">The download: told where to report, and what stops it; a stopped one keeps what has arrived.</param>
    Task Run(string title, Func<IProgress<DownloadProgress>, CancellationToken, Task> download);

    /// <summary>Tells a sentence, such as that another process is fetching the same file.</summary>
    void Say(string sentence);
}
