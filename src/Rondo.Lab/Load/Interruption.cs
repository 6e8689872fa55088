using System.Runtime.InteropServices;

namespace Rondo.Lab.Load;

/// <summary>Turns Ctrl-C and a request to terminate into a token, so that a run can still report.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public Interruption() => _registrations =
    [
        .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, Take)),
    ];

    public CancellationToken Token => _source.Token;

    public bool HasCome => _source.IsCancellationRequested;

    public void Dispose()
    {
        Array.ForEach(_registrations, r => r.Dispose());
        _source.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        _source.Cancel();
    }
}
