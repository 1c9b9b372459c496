using System.Runtime.InteropServices;
using FineTune.Distributed;
using FineTune.Engine;

namespace FineTune.Cli;

/// <summary>Ctrl-C and SIGTERM ask for an orderly end; a second one ends at once.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private int _asked;
    private readonly PosixSignalRegistration[] _registrations;

    private readonly string _sentence;

    /// <param name="sentence">What is said at the first one.</param>
    public StopSignal(string sentence = "Stopping after this step; press again to stop at once.")
    {
        _sentence = sentence;
        Current = this;
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(s => PosixSignalRegistration.Create(s, Handle))];
    }

    /// <summary>The one that is waited on; null where none is.</summary>
    public static StopSignal? Current { get; private set; }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
        Current = null;
    }

    private void Handle(PosixSignalContext context)
    {
        if (Interlocked.Exchange(ref _asked, 1) == 1)
        {
            // Whatever the process waits for: a read that hangs, native code, a full pipe. The default action does not end it where the
            // signal was ignored when it started, as in the background of a script.
            if (!OperatingSystem.IsWindows())
                LibC.ExitNow(Exit.Stopped);
            return;
        }

        context.Cancel = true;
        if (Launch.Detect().Rank == 0)
            Ui.Error(_sentence);
        _source.Cancel();
    }
}
