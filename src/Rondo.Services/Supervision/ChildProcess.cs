using System.Diagnostics;

namespace Rondo.Services.Supervision;

/// <summary>
/// A process that runs a service. Its standard input is held open: when that ends, by this process or with it, the
/// service stops gracefully.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class ChildProcess : IDisposable
{
    private const int LongestLine = 8 * 1024;

    private readonly Process _process;

    private ChildProcess(Process process, Action<string> said, Action<string> printed)
    {
        _process = process;
        Ended = EndAsync(
            BoundedLines.ReadAsync(process.StandardError, LongestLine, said),
            BoundedLines.ReadAsync(process.StandardOutput, LongestLine, printed));
    }

    public int Id => _process.Id;

    /// <summary>Ends with the process, after its last line.</summary>
    public Task<ChildExit> Ended { get; }

    /// <param name="start">What to start.</param>
    /// <param name="said">Gets each line of its error output, on any thread.</param>
    /// <param name="printed">Gets each line of its output.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The system does not start it.</exception>
    public static ChildProcess Start(ProcessStartInfo start, Action<string> said, Action<string> printed) =>
        new(Process.Start(start)!, said, printed);

    /// <summary>Asks it to finish what it does and to end.</summary>
    public void Stop()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already.
        }
    }

    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    public void Dispose() => _process.Dispose();

    private async Task<ChildExit> EndAsync(params Task[] reading)
    {
        await _process.WaitForExitAsync();
        try
        {
            await Task.WhenAll(reading);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // What it did not write to the end.
        }

        return new ChildExit(_process.ExitCode);
    }
}
