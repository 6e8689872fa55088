using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Rondo.Runtime.Executors;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Executors;

/// <summary>What processes promise beyond the contract. They are real, so the time is, too.</summary>
public sealed class ProcessExecutorTests : ExecutorContract
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task SubmitAsync_Work_RunsInAnotherProcessOfThisProgram()
    {
        await using var executor = Make();

        var worker = await executor.SubmitAsync(WorkerJobs.ProcessId, Cancellation);

        Assert.NotEqual(Environment.ProcessId, worker);
        Assert.Equal(worker, await executor.SubmitAsync(static () => Environment.ProcessId, Cancellation));
        Assert.Equal(1, executor.WorkerCount);
    }

    [Fact]
    public async Task SubmitBlocking_Work_IsItsResult()
    {
        await using var executor = Make();

        Assert.Equal(42, executor.SubmitBlocking(Jobs.Double, 21, Cancellation));
        Assert.Equal(Enumerable.Range(0, 500).Select(n => 2 * n),
            Enumerable.Range(0, 500).Select(n => executor.SubmitBlocking(Jobs.Double, n, Cancellation)));
        var error = Assert.Throws<RemoteException>(() => executor.SubmitBlocking(Jobs.Fail, "boom", Cancellation));
        Assert.Equal("System.FormatException", error.RemoteType);
    }

    [Fact]
    public async Task SubmitBlocking_BesideAsynchronousCalls_GetsItsOwnAnswer()
    {
        await using var executor = Make(workers: 2);
        var calls = new ConcurrentBag<Task<int>>();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < 500; i++)
                {
                    var n = (t * 1000) + i;
                    calls.Add(executor.SubmitAsync(Jobs.Double, n, Cancellation).ContinueWith(
                        c => c.Result - (2 * n), Cancellation, TaskContinuationOptions.None, TaskScheduler.Default));
                    Assert.Equal(2 * n, executor.SubmitBlocking(Jobs.Double, n, Cancellation));
                }
            },
            Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.All(await Task.WhenAll(calls), difference => Assert.Equal(0, difference));
    }

    [Fact]
    public async Task Workers_RunCallsAtTheSameTime()
    {
        await using var executor = Make(workers: 2);
        var ids = await Task.WhenAll(
            executor.SubmitAsync(SlowId, 300, Cancellation), executor.SubmitAsync(SlowId, 300, Cancellation));

        Assert.Equal(2, ids.Distinct().Count());

        static int SlowId(int milliseconds)
        {
            WorkerJobs.Slow(milliseconds);
            return Environment.ProcessId;
        }
    }

    [Fact]
    public async Task Spares_AreStartedAndNeverBusyBeyondWorkers()
    {
        await using var executor = Make(workers: 1, spares: 2);
        await executor.SubmitAsync(Jobs.Seven, Cancellation);

        Assert.True(SpinWait.SpinUntil(() => executor.WorkerCount == 3, Guard));
        var calls = Enumerable.Range(0, 6)
            .Select(_ => executor.SubmitAsync(WorkerJobs.Slow, 20, Cancellation)).ToList();

        Assert.Equal(1, executor.BusyWorkers);
        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task MaxTasksPerWorker_BacklogOfTenTimesThat_RunsToTheEnd()
    {
        var exits = new ConcurrentQueue<WorkerExit>();
        await using var executor = Make(maxTasks: 3, onExit: exits.Enqueue);

        var counts = await Task.WhenAll(
            Enumerable.Range(0, 30).Select(_ => executor.SubmitAsync(WorkerJobs.CountCalls, Cancellation)));

        Assert.Equal(Enumerable.Range(0, 30).Select(n => (n % 3) + 1), counts);
        Assert.True(await executor.ShutdownAsync(Guard));

        // The last may be told of the shutdown before it retires by itself.
        Assert.InRange(exits.Count(e => e is { Reason: WorkerExitReason.Retired, ExitCode: 0 }), 9, 10);
    }

    [Fact]
    public async Task QueueLimit_Reached_Refuses()
    {
        await using var executor = Make(queueLimit: 1);
        var running = executor.SubmitAsync(WorkerJobs.Slow, 200, Cancellation);
        var waiting = executor.SubmitAsync(Jobs.Seven, Cancellation);

        await Assert.ThrowsAsync<QueueFullException>(() => executor.SubmitAsync(Jobs.Seven, Cancellation));

        Assert.Equal(200, await running);
        Assert.Equal(7, await waiting);
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("Spares", () => Make(spares: -1));
        Assert.Throws<ArgumentOutOfRangeException>("MaxTasksPerWorker", () => Make(maxTasks: 0));
        Assert.Throws<ArgumentOutOfRangeException>("QueueLimit", () => Make(queueLimit: -1));
        Assert.Throws<ArgumentOutOfRangeException>("CallTimeout", () => Make(timeout: TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>("MemoryLimit", () => Make(memory: 1 << 20));
        var captured = 1;
        Assert.Throws<NotShippableException>(
            () => new ProcessExecutor(new ProcessExecutorOptions { Initializer = () => captured++ }));
    }

    [Fact]
    public async Task Worker_HasNothingOfThePool_InItsEnvironment()
    {
        await using var executor = Make(memory: 256 << 20);
        foreach (var name in new[] { "RONDO_WORKER", "DOTNET_STARTUP_HOOKS", "DOTNET_GCHeapHardLimit" })
        {
            Assert.Null(await executor.SubmitAsync(WorkerJobs.EnvironmentOf, name, Cancellation));
        }
    }

    [Fact]
    public async Task Worker_InheritsNoFileOfTheProgram()
    {
        using var file = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.Create, FileAccess.ReadWrite,
            FileShare.None, 1, FileOptions.DeleteOnClose);
        using var socket = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        socket.Start();
        await using var executor = Make(workers: 2);
        await Task.WhenAll(
            executor.SubmitAsync(WorkerJobs.Slow, 100, Cancellation),
            executor.SubmitAsync(WorkerJobs.Slow, 100, Cancellation));
        var ours = Directory.GetFiles("/proc/self/fd").Where(IsClosedInChildren)
            .Select(f => new FileInfo(f).LinkTarget).OfType<string>().Where(IsOurs).ToHashSet();
        Assert.Contains(file.Name, ours);
        Assert.Contains(ours, link => link.StartsWith("socket:", StringComparison.Ordinal));

        var theirs = await executor.SubmitAsync(WorkerJobs.OpenFiles, Cancellation);

        Assert.Equal([], theirs.Where(ours.Contains));

        // What this process has itself been given to pass on is not its own. The flag is O_CLOEXEC of open(2).
        static bool IsClosedInChildren(string descriptor) =>
            descriptor.Replace("/fd/", "/fdinfo/", StringComparison.Ordinal) is var path && File.Exists(path)
            && File.ReadLines(path).FirstOrDefault(l => l.StartsWith("flags:", StringComparison.Ordinal)) is { } flags
            && (Convert.ToInt32(flags.Split('\t')[1], 8) & 0x80000) != 0;

        // What every such process opens for itself, and the output, which is shared on purpose.
        static bool IsOurs(string link) => !link.StartsWith("/dev/", StringComparison.Ordinal)
            && !link.StartsWith("anon_inode:", StringComparison.Ordinal)
            && !link.StartsWith("/memfd:", StringComparison.Ordinal)
            && !link.EndsWith(".dll", StringComparison.Ordinal)
            && !link.EndsWith(".so", StringComparison.Ordinal)
            && link != OutputOf(1) && link != OutputOf(2);

        static string? OutputOf(int descriptor) => new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget;
    }

    [Fact]
    public async Task RunInExecutor_FailureNobodyLooksAt_IsReportedWithTheNameOfTheMethod()
    {
        await using var executor = Make();
        var errors = new List<LoopError>();
        EventLoop.Run(
            async () =>
            {
                var text = "boom";
                var call = EventLoop.Running!.RunInExecutor(executor, () => Jobs.Fail(text));
                while (!call.IsCompleted)
                {
                    await EventLoop.Running!.Delay(TimeSpan.FromMilliseconds(1));
                }
            },
            new LoopOptions { ErrorHandler = errors.Add });

        Assert.Contains("Jobs.Fail", Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunInExecutor_InVirtualTime_HoldsTheClock() => VirtualLoop.Run(async test =>
    {
        var loop = EventLoop.Running!;
        var fired = false;
        loop.CallLater(TimeSpan.FromSeconds(1), () => fired = true);
        await using (var executor = Make())
        {
            Assert.Equal(20, await loop.RunInExecutor(executor, WorkerJobs.Slow, 20));
            Assert.False(fired);
        }

        await loop.Delay(TimeSpan.FromSeconds(2));
        Assert.True(fired);
    });

    [Fact]
    public void Executor_DroppedWithoutShutdown_IsReportedAndItsWorkersEnd()
    {
        var reports = new ConcurrentQueue<LoopReport>();
        using var ended = new ManualResetEventSlim();
        EventLoop.Run(() => DropAsync(ended), new LoopOptions { ReportHandler = reports.Enqueue });

        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return ended.IsSet && !reports.IsEmpty;
            },
            Guard));
        Assert.Equal("executor dropped", Assert.IsType<Unclosed>(Assert.Single(reports)).Resource);
    }

    [Fact]
    public async Task Metrics_TellOfWorkersAndRestarts()
    {
        var workers = 0;
        var restarts = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "Rondo.Runtime")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) =>
        {
            if (instrument.Name == "rondo.executor.workers" && tags[0].Value as string == "measured")
            {
                workers = value;
            }
        });
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (instrument.Name == "rondo.executor.restarts" && tags[0].Value as string == "measured")
            {
                Interlocked.Add(ref restarts, value);
            }
        });
        listener.Start();
        await using var executor = new ProcessExecutor(new ProcessExecutorOptions { Name = "measured", Workers = 1 });
        await Assert.ThrowsAsync<WorkerCrashedException>(() => executor.SubmitAsync(WorkerJobs.Exit, 1, Cancellation));
        Assert.Equal(7, await executor.SubmitAsync(Jobs.Seven, Cancellation));

        listener.RecordObservableInstruments();

        Assert.Equal(1, workers);
        Assert.Equal(1, Interlocked.Read(ref restarts));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static async Task DropAsync(ManualResetEventSlim ended)
    {
        var executor = new ProcessExecutor(new ProcessExecutorOptions
        {
            Name = "dropped",
            Workers = 1,
            OnWorkerExit = _ => ended.Set(),
        });
        Assert.Equal(7, await executor.SubmitAsync(Jobs.Seven));
    }

    protected override IExecutor Create(int workers) => Make(workers);

    private static ProcessExecutor Make(
        int workers = 1,
        int spares = 0,
        int maxTasks = int.MaxValue,
        int queueLimit = int.MaxValue,
        TimeSpan? timeout = null,
        long? memory = null,
        Action<WorkerExit>? onExit = null) => new(new ProcessExecutorOptions
        {
            Name = "test",
            Workers = workers,
            Spares = spares,
            MaxTasksPerWorker = maxTasks,
            QueueLimit = queueLimit,
            CallTimeout = timeout ?? Timeout.InfiniteTimeSpan,
            MemoryLimit = memory,
            OnWorkerExit = onExit,
            ShutdownLimit = TimeSpan.FromSeconds(20),
        });
}
