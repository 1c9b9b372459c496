using System.Runtime.InteropServices;

namespace FineTune.Cli;

/// <summary>Ctrl-C and SIGTERM ask for an orderly end; a second one ends at once.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignal()
    {
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(s => PosixSignalRegistration.Create(s, Handle))];
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (_source.IsCancellationRequested)
            return; // the default action: the process ends
        context.Cancel = true;
        Ui.Error("Stopping after this step; press again to stop at once.");
        _source.Cancel();
    }
}
