using System.Runtime.InteropServices;
using System.Text.Json;
using Rondo.Lab.Load.Engine;

namespace Rondo.Lab.Load;

/// <summary>
/// The worker process: reads a plan, one line of JSON, runs it and writes a line per second and one with the result. The
/// end of its input ends the run, so it never outlives who started it.
/// </summary>
internal static class LoadWorker
{
    /// <summary>The hidden verb.</summary>
    public const string Verb = "load-worker";

    /// <summary>Runs to the end.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(TextReader input, TextWriter output)
    {
        // A key press reaches both processes; the other one decides.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        var line = await input.ReadLineAsync();
        if (line is null || JsonSerializer.Deserialize(line, LoadJsonContext.Default.LoadPlan) is not { } plan)
        {
            return LoadExit.Usage;
        }

        using var stop = new CancellationTokenSource();
        _ = StopAtEndAsync(input, stop);
        WorkerMessage last;
        try
        {
            // Written once for nobody, so that an interruption is not answered late because of the compiler.
            Format(new WorkerMessage(Result: await Rehearsal.RunAsync(plan)));
            Write(new WorkerMessage(IsStarting: true));
            last = new WorkerMessage(
                Result: await LoadEngine.RunAsync(plan, s => Write(new WorkerMessage(s)), stop.Token));
        }
        catch (Exception e)
        {
            last = new WorkerMessage(Error: e.Message);
        }

        Write(last);
        return last.Error is null ? LoadExit.Ok : LoadExit.TargetFailed;

        void Write(WorkerMessage message)
        {
            output.WriteLine(Format(message));
            output.Flush();
        }

        static string Format(WorkerMessage message) =>
            JsonSerializer.Serialize(message, LoadJsonContext.Default.WorkerMessage);
    }

    private static async Task StopAtEndAsync(TextReader input, CancellationTokenSource stop)
    {
        await Task.Yield();
        while (await input.ReadLineAsync() is not null)
        {
        }

        await stop.CancelAsync();
    }
}
