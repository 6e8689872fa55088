using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Channels;
using Rondo.Lab.Load.Engine;

namespace Rondo.Lab.Load;

/// <summary>
/// The worker process: reads plans, a line of JSON each, runs one after another and writes, for each, a line when it
/// begins, one per second and one with the result. The end of its input ends the run, so it never outlives who started it.
/// </summary>
internal static class LoadWorker
{
    /// <summary>The hidden verb.</summary>
    public const string Verb = "load-worker";

    /// <summary>Runs to the end.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(TextReader input, TextWriter output)
    {
        // A key press and the end of a service reach both processes; the other one decides.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true);
        using var stop = new CancellationTokenSource();
        var plans = Channel.CreateUnbounded<string>();

        // Reading blocks: where there is one processor, the pool has one thread at first.
        new Thread(() => Read(input, plans.Writer, stop)) { IsBackground = true, Name = "plans" }.Start();
        var exit = LoadExit.Usage;
        var hasRehearsed = false;
        await foreach (var line in plans.Reader.ReadAllAsync())
        {
            WorkerMessage last;
            try
            {
                var plan = JsonSerializer.Deserialize(line, LoadJsonContext.Default.LoadPlan)!;
                if (!hasRehearsed)
                {
                    // Written once for nobody, so that an interruption is not answered late because of the compiler.
                    Format(new WorkerMessage(Result: await Rehearsal.RunAsync(plan)));
                    hasRehearsed = true;
                }

                Write(new WorkerMessage(IsStarting: true));
                last = new WorkerMessage(
                    Result: await LoadEngine.RunAsync(plan, s => Write(new WorkerMessage(s)), stop.Token));
            }
            catch (Exception e)
            {
                last = new WorkerMessage(Error: e.Message);
            }

            Write(last);
            exit = last.Error is null ? LoadExit.Ok : LoadExit.TargetFailed;
        }

        return exit;

        void Write(WorkerMessage message)
        {
            output.WriteLine(Format(message));
            output.Flush();
        }

        static string Format(WorkerMessage message) =>
            JsonSerializer.Serialize(message, LoadJsonContext.Default.WorkerMessage);
    }

    // Cancels before it completes: then nobody needs the source any more.
    private static void Read(TextReader input, ChannelWriter<string> plans, CancellationTokenSource stop)
    {
        while (input.ReadLine() is { } line)
        {
            plans.TryWrite(line);
        }

        stop.Cancel();
        plans.Complete();
    }
}
