using FineTune.Weights;
using Spectre.Console;

namespace FineTune.Cli.Show;

/// <summary>
/// Downloads on the screen: bytes, rate and the time that is left; in a log or beside JSON, a line at the beginning. Ctrl-C stops one.
/// </summary>
internal sealed class DownloadDisplay(Ui ui) : IDownloadWatch
{
    public async Task Run(string title, Func<IProgress<DownloadProgress>, CancellationToken, Task> download)
    {
        using var own = StopSignal.Current is null ? new StopSignal() : null;
        var stop = StopSignal.Current!.Token;
        ui.Say($"Fetching {title}");
        if (ui.IsTerminal && !ui.Json)
            await Bar(download, stop).ConfigureAwait(false);
        else
            await download(new Relay<DownloadProgress>(_ => { }), stop).ConfigureAwait(false);
    }

    public void Say(string sentence) => ui.Say(sentence);

    private Task Bar(Func<IProgress<DownloadProgress>, CancellationToken, Task> download, CancellationToken stop) => ui.Progress.Progress()
        .AutoClear(true)
        .Columns(
            new ProgressBarColumn(),
            new PercentageColumn(),
            new DownloadedColumn(),
            new TransferSpeedColumn(),
            new RemainingTimeColumn())
        .StartAsync(async context =>
        {
            var task = context.AddTask("download", autoStart: true);
            task.IsIndeterminate = true;
            await download(
                new Relay<DownloadProgress>(p =>
                {
                    task.IsIndeterminate = p.Total is null;
                    task.MaxValue = p.Total ?? Math.Max(1, p.Done);
                    task.Value = p.Done;
                }),
                stop).ConfigureAwait(false);
        });
}
