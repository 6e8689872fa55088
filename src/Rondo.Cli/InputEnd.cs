namespace Rondo.Cli;

/// <summary>
/// Tells when standard input ends. Who starts a process and holds its input takes it along so, however the starter
/// itself ends: the system closes what it held.
/// </summary>
internal static class InputEnd
{
    /// <summary>Cancelled at the end; what is written there is ignored.</summary>
    public static CancellationToken Watch()
    {
        var ended = new CancellationTokenSource();

        // Reading what never comes takes a thread for as long as the process lives.
        new Thread(() =>
        {
            try
            {
                var ignored = new byte[256];
                while (StandardStreams.InputBytes.Read(ignored) > 0)
                {
                }
            }
            catch (IOException)
            {
                // As good as an end.
            }

            ended.Cancel();
        })
        {
            IsBackground = true,
            Name = "rondo-input",
        }.Start();
        return ended.Token;
    }
}
