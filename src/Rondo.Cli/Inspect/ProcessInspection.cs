using System.Diagnostics;
using System.IO.Pipes;
using System.Net.Sockets;
using System.Text.Json;
using Rondo.Runtime.Diagnostics;

namespace Rondo.Cli.Inspect;

/// <summary>
/// Looks at a process: asks it, if it answers; otherwise a child of ours reads its memory, so that a crash there, or a
/// debugger's libraries, never touch this process.
/// </summary>
internal static class ProcessInspection
{
    private const int MostBytes = 256 * 1024 * 1024;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(60);

    /// <summary>The task tree.</summary>
    /// <exception cref="InspectionException">The process cannot be looked at.</exception>
    public static async Task<TaskTree> TreeAsync(int processId)
    {
        if (await AskAsync(processId) is { } tree)
        {
            return tree;
        }

        var (read, _) = await ReadAsync(processId);
        return read;
    }

    /// <summary>The task tree as the process itself tells it; null when it does not answer.</summary>
    public static async Task<TaskTree?> AskAsync(int processId)
    {
        try
        {
            using var limit = new CancellationTokenSource(AnswerLimit);
            await using var stream = await ConnectAsync(processId, limit.Token);
            if (stream is null)
            {
                return null;
            }

            using var answer = new MemoryStream();
            var buffer = new byte[64 * 1024];
            while (await stream.ReadAsync(buffer, limit.Token) is > 0 and var count && answer.Length < MostBytes)
            {
                answer.Write(buffer, 0, count);
            }

            var tree = TaskTreeDocument.Read(answer.ToArray());
            return tree.Header.ProcessId == processId ? tree : null;
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException
            or FormatException or UnauthorizedAccessException or TimeoutException)
        {
            // It has gone meanwhile, or somebody else sits there; its memory tells more.
            return null;
        }
    }

    /// <summary>The task tree and the threads, from the memory of the process, which stands still meanwhile.</summary>
    /// <exception cref="InspectionException">The process cannot be looked at.</exception>
    public static async Task<(TaskTree Tree, IReadOnlyList<ThreadStack> Threads)> ReadAsync(int processId)
    {
        ProcessFinder.Check(processId);
        using var child = Process.Start(Child(processId))!;
        try
        {
            using var limit = new CancellationTokenSource(ReadLimit);
            var error = child.StandardError.ReadToEndAsync(limit.Token);
            var output = (await child.StandardOutput.ReadToEndAsync(limit.Token)).Split('\n');
            await child.WaitForExitAsync(limit.Token);
            return child.ExitCode == 0 && output is [var tree, var threads, ..]
                ? (TaskTreeDocument.Read(System.Text.Encoding.UTF8.GetBytes(tree)),
                    JsonSerializer.Deserialize(threads, InspectJson.Default.IReadOnlyListThreadStack) ?? [])
                : throw new InspectionException(
                    Reason(processId, await error, child.ExitCode) + ProcessFinder.Advice());
        }
        catch (OperationCanceledException)
        {
            throw new InspectionException($"process {processId} could not be read within {ReadLimit.TotalSeconds} s.");
        }
        finally
        {
            if (!child.HasExited)
            {
                child.Kill();
            }
        }
    }

    private static async Task<Stream?> ConnectAsync(int processId, CancellationToken cancel)
    {
        if (OperatingSystem.IsWindows())
        {
            var pipe = new NamedPipeClientStream(
                ".", InspectionAddress.Pipe(processId), PipeDirection.In,
                PipeOptions.CurrentUserOnly | PipeOptions.Asynchronous);
            await pipe.ConnectAsync(0, cancel);
            return pipe;
        }

        var path = InspectionAddress.Folders().Select(f => InspectionAddress.Socket(f, processId))
            .FirstOrDefault(File.Exists);
        if (path is null)
        {
            return null;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static ProcessStartInfo Child(int processId)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        start.ArgumentList.Add(InspectCommands.ReadVerb);
        start.ArgumentList.Add(processId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return start;
    }

    private static string Reason(int processId, string error, int exitCode)
    {
        var line = error.Split('\n').FirstOrDefault(l => l.StartsWith("rondo: ", StringComparison.Ordinal));
        return line is null
            ? $"looking into process {processId} has failed (exit code {exitCode}): {error.Split('\n')[0]}"
            : line["rondo: ".Length..];
    }
}
