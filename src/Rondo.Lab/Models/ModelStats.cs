using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;

namespace Rondo.Lab.Models;

/// <summary>
/// Writes a <see cref="ModelSecond"/> each second, until it is disposed, and one at that moment. On a thread of its own,
/// since a server may have none to spare; turns are measured only while this exists.
/// </summary>
internal sealed class ModelStats : IDisposable
{
    /// <summary>The limit beyond which a turn keeps others waiting, as asyncio's debug mode has it.</summary>
    public static readonly TimeSpan LongTurn = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly TextWriter _output;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly MeterListener _listener = new();
    private readonly ManualResetEventSlim _stopped = new();
    private readonly object _gate = new();
    private readonly object _writing = new();
    private readonly Thread _thread;
    private volatile Func<long>? _queueLength;
    private bool _hasLoop;
    private long _turns;
    private long _longTurns;
    private double _longest;

    /// <param name="output">Takes the lines.</param>
    public ModelStats(TextWriter output)
    {
        _output = output;
        _listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument is { Name: "rondo.loop.turn.duration", Meter.Name: "Rondo.Runtime" })
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) => TurnEnded(seconds, tags));
        _listener.Start();
        _thread = new Thread(Run) { IsBackground = true, Name = "stats" };
        _thread.Start();
    }

    /// <summary>There is a pool, and this is how many requests wait for it.</summary>
    public void HasQueue(Func<long> length) => _queueLength = length;

    /// <summary>Writes a line now; any thread may ask.</summary>
    public void Ask() => Write(isAsked: true);

    public void Dispose()
    {
        _stopped.Set();
#pragma warning disable RS0030 // It is about to end, and the last line is to be written.
        _thread.Join();
#pragma warning restore RS0030
        _listener.Dispose();
        _stopped.Dispose();
    }

    private void Run()
    {
        try
        {
#pragma warning disable RS0030 // The thread is there for this.
            while (!_stopped.Wait(s_interval))
#pragma warning restore RS0030
            {
                Write(isAsked: false);
            }

            Write(isAsked: false);
        }
        catch (IOException)
        {
            // Nobody reads them any more; the server serves on.
        }
    }

    private void TurnEnded(double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // A model may have another, which only waits.
        if (tags is not [{ Value: LoopModel.LoopName }, ..])
        {
            return;
        }

        lock (_gate)
        {
            _hasLoop = true;
            _turns++;
            _longTurns += seconds > LongTurn.TotalSeconds ? 1 : 0;
            _longest = Math.Max(_longest, seconds);
        }
    }

    // One at a time, so that the lines are in order.
    private void Write(bool isAsked)
    {
        lock (_writing)
        {
            _output.WriteLine(JsonSerializer.Serialize(Take(isAsked), ModelJsonContext.Default.ModelSecond));
            _output.Flush();
        }
    }

    private ModelSecond Take(bool isAsked)
    {
        bool hasLoop;
        (long All, long Long, double Longest) turns;
        lock (_gate)
        {
            (hasLoop, turns) = (_hasLoop, (_turns, _longTurns, _longest));
            (_turns, _longTurns, _longest) = (0, 0, 0);
        }

        var (threads, processes, bytes, cpu) = Measure();
        return new ModelSecond(
            Math.Round(Stopwatch.GetElapsedTime(_started).TotalSeconds, 3),
            threads,
            processes,
            bytes,
            Math.Round(cpu.TotalSeconds, 3),
            _queueLength?.Invoke(),
            hasLoop ? turns.All : null,
            hasLoop ? turns.Long : null,
            hasLoop ? Math.Round(turns.Longest * 1000, 3) : null,
            GC.GetTotalAllocatedBytes(),
            GC.CollectionCount(0),
            Math.Round(GC.GetTotalPauseDuration().TotalMilliseconds, 3),
            isAsked);
    }

    private static (int Threads, int Processes, long Bytes, TimeSpan Cpu) Measure()
    {
        var (threads, processes, bytes, cpu) = (0, 0, 0L, TimeSpan.Zero);
        foreach (var id in (IEnumerable<int>)[Environment.ProcessId, .. Children()])
        {
            try
            {
                using var process = Process.GetProcessById(id);
                threads += process.Threads.Count;
                bytes += process.WorkingSet64;
                cpu += process.TotalProcessorTime;
                processes++;
            }
            catch (Exception error) when (error is ArgumentException or InvalidOperationException)
            {
                // It has ended.
            }
        }

        return (threads, processes, bytes, cpu);
    }

    /// <summary>The processes that this one has started, as Linux tells; none elsewhere.</summary>
    private static IEnumerable<int> Children()
    {
        const string Threads = "/proc/self/task";
        foreach (var thread in Directory.Exists(Threads) ? Directory.GetDirectories(Threads) : [])
        {
            string ids;
            try
            {
                ids = File.ReadAllText(Path.Combine(thread, "children"));
            }
            catch (IOException)
            {
                // The thread has ended.
                continue;
            }

            foreach (var id in ids.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                yield return int.Parse(id, CultureInfo.InvariantCulture);
            }
        }
    }
}
