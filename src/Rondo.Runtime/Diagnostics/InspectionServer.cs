using System.Globalization;
using System.IO.Pipes;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Shows this process's task tree to whoever connects, which only its owner can. It reads nothing, so there is no
/// input to misuse: a connection gets one document and is closed.
/// </summary>
/// <remarks>
/// It has a thread of its own that sleeps in accept: that costs nothing until somebody asks, and answers when the
/// thread pool is exhausted or a loop stands still, which is when one wants to look. It starts with the first loop that
/// is debugged or says so in its options, not with every loop, since a library should not open sockets unasked; a
/// process without it can still be looked at as a debugger does.
/// </remarks>
internal static class InspectionServer
{
    private static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly ManualResetEventSlim s_pause = new();

    private static int s_hasStarted;

    /// <summary>The socket; null when there is none.</summary>
    public static string? SocketPath { get; private set; }

#pragma warning disable CA2255 // The loop's room lies below this one and cannot name it.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Attach() => EventLoop.RunBegun = Consider;

    /// <summary>Starts serving if the loop wants it and nobody has before; until the process ends.</summary>
    public static void Consider(EventLoop loop)
    {
        if ((loop.Options.Inspectable ?? loop.Debug) && Interlocked.Exchange(ref s_hasStarted, 1) == 0)
        {
            var accept = OperatingSystem.IsWindows() ? AcceptFromPipe : Listen();
            if (accept is not null)
            {
                new Thread(() => Serve(accept)) { IsBackground = true, Name = "Rondo inspection" }.Start();
            }
        }
    }

    private static Stream AcceptFromPipe()
    {
        var pipe = new NamedPipeServerStream(
            InspectionAddress.Pipe(Environment.ProcessId), PipeDirection.Out, 1, PipeTransmissionMode.Byte,
            PipeOptions.CurrentUserOnly);
        pipe.WaitForConnection();
        return pipe;
    }

    private static Func<Stream>? Listen()
    {
        foreach (var folder in InspectionAddress.Folders())
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                InspectionAddress.Claim(folder);
                RemoveStale(folder);
                var path = InspectionAddress.Socket(folder, Environment.ProcessId);
                File.Delete(path);
                socket.Bind(new UnixDomainSocketEndPoint(path));
#pragma warning disable CA1416 // Windows does not come here.
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
#pragma warning restore CA1416
                socket.Listen(4);
                SocketPath = path;
                AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(path);
                return () => new NetworkStream(socket.Accept(), ownsSocket: true)
                {
                    WriteTimeout = (int)WriteLimit.TotalMilliseconds,
                };
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or SocketException
                or ArgumentException)
            {
                // The next folder; without any, the process is looked at as a debugger does.
                socket.Dispose();
            }
        }

        return null;
    }

    /// <summary>A process that was killed leaves its socket behind.</summary>
    private static void RemoveStale(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.sock"))
        {
            if (int.TryParse(
                    Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && Directory.Exists("/proc/self")
                && !Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}")))
            {
                File.Delete(path);
            }
        }
    }

    private static void Serve(Func<Stream> accept)
    {
        while (true)
        {
            try
            {
                using var stream = accept();
                stream.Write(TaskTreeDocument.Write(TaskTree.Capture()));
            }
            catch (Exception)
            {
                // Mostly whoever asked has gone away; or there are no descriptors left, which takes a while to change.
                // Whatever it was: a look at the process must not end it.
                s_pause.Wait(Pause);
            }
        }
    }
}
