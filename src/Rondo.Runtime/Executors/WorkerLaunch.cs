using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Cryptography;

namespace Rondo.Runtime.Executors;

/// <summary>Starts this program anew as a worker, and makes sure that it is the one who connects. Blocks.</summary>
internal static class WorkerLaunch
{
    private const string HookSwitch = "System.StartupHookProvider.IsSupported";
    private const string MuxerName = "dotnet";
    private const int LongestSocketPath = 100;
    private const int LargeObjectBytes = 8 << 20;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Whether <c>Main</c> has said that it serves as a worker where there are no hooks.</summary>
    public static bool MainServes { get; set; }

    /// <summary>
    /// The socket goes through a folder that its owner alone may enter, and which is gone as soon as the worker has
    /// come.
    /// </summary>
    /// <param name="options">The executor's.</param>
    /// <param name="isWanted">Asked while it waits: false ends it.</param>
    /// <exception cref="WorkerCrashedException">
    /// The process cannot be started, takes too long, is not wanted any more, or ends before it serves.
    /// </exception>
    /// <exception cref="InvalidOperationException">This program cannot be a worker; the message says why.</exception>
    public static (Process Process, Socket Calls, Socket Lifeline) Start(
        ProcessExecutorOptions options, Func<bool> isWanted)
    {
        CheckProgram();
        var folder = Directory.CreateTempSubdirectory("rondo-");
        Process? process = null;
        Socket? lifeline = null;
        try
        {
            var path = Path.Combine(folder.FullName, "w");
            if (path.Length > LongestSocketPath)
            {
                throw new InvalidOperationException(
                    $"'{path}' is too long for a socket. Set TMPDIR to a shorter folder.");
            }

            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen(2);
            var invitation = WorkerInvitation.ToSocket(path);
            var begun = Stopwatch.GetTimestamp();
            process = StartProcess(options, invitation);
            lifeline = Accept();
            return (process, Accept(), lifeline);

            Socket Accept()
            {
                AwaitCaller(listener, process, begun, options.StartTimeout, isWanted);
                return WorkerLaunch.Accept(listener, invitation, options.StartTimeout);
            }
        }
        catch (Exception error) when (error is not InvalidOperationException)
        {
            lifeline?.Dispose();
            var exit = End(process);
            throw new WorkerCrashedException(
                error is WorkerCrashedException ? error.Message + " " + exit.How : error.Message, exit, error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void CheckProgram()
    {
        var hasHooks = !AppContext.TryGetSwitch(HookSwitch, out var isOn) || isOn;
        if (!hasHooks && !MainServes)
        {
            throw new InvalidOperationException(
                "This program was built without startup hooks, so that a worker would run its Main. Call "
                    + "ProcessExecutor.RunWorkerIfAsked() as the first line of Main.");
        }
    }

    private static Process StartProcess(ProcessExecutorOptions options, WorkerInvitation invitation)
    {
        var program = options.Program ?? Environment.ProcessPath
            ?? throw new WorkerCrashedException("The path of this program is not known: there can be no worker.", null);
        var start = new ProcessStartInfo(program)
        {
            // Nothing comes in there: a worker must not read what is meant for the program.
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        if (Path.GetFileNameWithoutExtension(program) == MuxerName)
        {
            foreach (var argument in MuxerArguments())
            {
                start.ArgumentList.Add(argument);
            }
        }

        var environment = start.Environment;
        environment[WorkerInvitation.Variable] = invitation.ToString();
        WorkerInvitation.Set(environment, "DOTNET_TieredPGO", "0");
        WorkerInvitation.Set(environment, "DOTNET_gcServer", "0");
        WorkerInvitation.Set(environment, "DOTNET_gcConcurrent", "0");

        // Arguments and results are garbage after each call. As large objects they would cost a collection of
        // everything for every three MiB, which is most of what a call with 1 MiB then takes.
        WorkerInvitation.Set(
            environment, "DOTNET_GCLOHThreshold", LargeObjectBytes.ToString("X", CultureInfo.InvariantCulture));
        WorkerInvitation.Set(environment, "DOTNET_STARTUP_HOOKS", HookName());

        if (options.MemoryLimit is { } bytes)
        {
            WorkerInvitation.Set(
                environment, "DOTNET_GCHeapHardLimit", bytes.ToString("X", CultureInfo.InvariantCulture));
        }

        // A worker may be killed at any time, and the runtime's diagnostics would leave their files behind. Its traces
        // for LTTng cost a start milliseconds.
        foreach (var setting in new[] { "DOTNET_EnableDiagnostics", "DOTNET_LTTng" })
        {
            if (!environment.ContainsKey(setting))
            {
                WorkerInvitation.Set(environment, setting, "0");
            }
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>
    /// How <c>dotnet</c> finds this program: as it was told for this process, <c>exec --runtimeconfig FILE</c> and the
    /// like included, which nothing else shows.
    /// </summary>
    private static IEnumerable<string> MuxerArguments()
    {
        const string CommandLine = "/proc/self/cmdline";
        var program = Assembly.GetEntryAssembly()!.Location;
        string[] given = File.Exists(CommandLine) ? File.ReadAllText(CommandLine).Split('\0')[1..] : [];
        var end = Array.FindIndex(given, argument => Path.GetFileName(argument) == Path.GetFileName(program));
        return [.. given.Take(Math.Max(end, 0)), program];
    }

    /// <summary>By name where the path would be taken for two, or there is none, as in a single file.</summary>
    private static string HookName()
    {
        var library = typeof(WorkerLaunch).Assembly;
#pragma warning disable IL3000 // That case is the one looked for.
        return library.Location is { Length: > 0 } path && !path.Contains(Path.PathSeparator)
            ? path
            : library.GetName().Name!;
#pragma warning restore IL3000
    }

    private static void AwaitCaller(
        Socket listener, Process process, long begun, TimeSpan limit, Func<bool> isWanted)
    {
        while (!listener.Poll(LookInterval, SelectMode.SelectRead))
        {
            if (process.HasExited)
            {
                throw new WorkerCrashedException("A worker process ended before it served,", null);
            }

            if (limit != Timeout.InfiniteTimeSpan && Stopwatch.GetElapsedTime(begun) > limit)
            {
                throw new WorkerCrashedException(
                    $"A worker process did not come within {limit.TotalSeconds:0.###} s and ended", null);
            }

            if (!isWanted())
            {
                throw new WorkerCrashedException("The executor was closed while a worker started, which ended", null);
            }
        }
    }

    private static Socket Accept(Socket listener, WorkerInvitation invitation, TimeSpan limit)
    {
        var socket = listener.Accept();
        try
        {
            socket.ReceiveTimeout = limit == Timeout.InfiniteTimeSpan ? 0 : (int)limit.TotalMilliseconds;
            Check(socket, invitation);
            socket.ReceiveTimeout = 0;
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Receives what a worker says first.</summary>
    /// <exception cref="WorkerCrashedException">It is not the one who was invited, or not of this build.</exception>
    internal static void Check(Socket socket, WorkerInvitation invitation)
    {
        var frames = new FrameSocket(socket);
        if (!frames.TryReceive(out var frame))
        {
            throw new WorkerCrashedException("A worker process ended while it introduced itself,", null);
        }

        var hello = new FrameReader(frame);
        if (frame.Length != WorkerInvitation.HelloBytes
            || !CryptographicOperations.FixedTimeEquals(hello.ReadBytes(invitation.Secret.Length), invitation.Secret))
        {
            throw new WorkerCrashedException("Another process has connected in place of a worker, which ended", null);
        }

        if ((hello.Read<Guid>(), hello.Read<Guid>()) != WorkerInvitation.Build)
        {
            throw new WorkerCrashedException(
                "A worker process runs another build than this program, whose files were replaced; it ended", null);
        }
    }

    private static WorkerExit End(Process? process)
    {
        if (process is null)
        {
            return new WorkerExit(0, 0, WorkerExitReason.NotStarted);
        }

        using (process)
        {
            process.Kill();
            process.WaitForExit();
            return new WorkerExit(process.Id, process.ExitCode, WorkerExitReason.NotStarted);
        }
    }
}
