using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Rondo.Runtime.Executors;
using Rondo.Transport;

namespace Rondo.Lab.Models;

/// <summary>A model as a process: <c>rondo lab serve</c>.</summary>
internal static class ModelServer
{
    /// <summary>
    /// Serves until Ctrl-C or SIGTERM, and blocks the calling thread meanwhile. Prints one line when clients can
    /// connect.
    /// </summary>
    /// <returns>Null, or why it could not serve.</returns>
    public static string? Run(IServerModel model, IRequestHandler handler, ServeOptions options, TextWriter output)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        try
        {
            using var file = options.StatsPath is { } path ? new StreamWriter(path, append: true) : null;
            var statsOutput = options.Control is null ? file : output;
            using var stats = statsOutput is null ? null : new ModelStats(statsOutput);
            if (options.Control is { } control)
            {
                new Thread(() => Obey(control, stats!, stop)) { IsBackground = true, Name = "control" }.Start();
            }

            model.Run(new ModelSetup(options.Address, handler, Announce, stop.Token)
            {
                IdleTimeout = options.IdleTimeout,
                TellQueue = stats is null ? null : stats.HasQueue,
            });
            return null;
        }
        catch (UnauthorizedAccessException error)
        {
            return error.Message;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return error.Message;
        }
        catch (Exception error) when (error is SocketException or IOException or NativeException)
        {
            return $"Cannot listen on {options.Address}: {error.Message}";
        }
        catch (WorkerCrashedException error)
        {
            return error.Message;
        }

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;

            // A key press and the end of a service reach both processes; who started this one decides.
            if (options.Control is null)
            {
                stop.Cancel();
            }
        }

        void Announce(IPEndPoint listening)
        {
            output.WriteLine($"{options.Name} listens on http://{listening}/");
            output.Flush();
        }
    }

    private static void Obey(TextReader control, ModelStats stats, CancellationTokenSource stop)
    {
        try
        {
            while (control.ReadLine() is not null)
            {
                stats.Ask();
            }

            stop.Cancel();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // It has ended by itself meanwhile.
        }
    }
}
