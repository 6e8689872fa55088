using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Rondo.Runtime.Executors;

namespace Rondo.Lab.Models;

/// <summary>A model as a process: <c>rondo lab serve</c>.</summary>
internal static class ModelServer
{
    /// <summary>
    /// Serves until Ctrl-C or SIGTERM, and blocks the calling thread meanwhile. Prints one line when clients can
    /// connect.
    /// </summary>
    /// <returns>Null, or why it could not serve.</returns>
    public static string? Run(
        IServerModel model, IRequestHandler handler, IPEndPoint address, string name, TextWriter output)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        try
        {
            model.Run(new ModelSetup(address, handler, Announce, stop.Token));
            return null;
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return $"Cannot listen on {address}: {error.Message}";
        }
        catch (WorkerCrashedException error)
        {
            return error.Message;
        }

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        void Announce(IPEndPoint listening)
        {
            output.WriteLine($"{name} listens on http://{listening}/");
            output.Flush();
        }
    }
}
