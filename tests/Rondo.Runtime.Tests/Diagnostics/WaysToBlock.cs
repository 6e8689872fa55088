using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Rondo.Runtime.Tests.Diagnostics;

/// <summary>
/// Ways to hold a loop that programs really use. The statement that blocks says <c>Here</c> on its line.
/// </summary>
internal static class WaysToBlock
{
    private static Action? s_whileMaking;

    public static IReadOnlyDictionary<string, Action<Blockade>> All { get; } = new Dictionary<string, Action<Blockade>>
    {
        ["`lock` that another thread holds"] = MonitorEnter,
        ["`Lock` that another thread holds"] = LockEnter,
        ["`Lazy` that another thread makes"] = LazyValue,
        ["`ReaderWriterLockSlim`"] = ReaderWriterSlim,
        ["`ReaderWriterLock`"] = ReaderWriter,
        ["`Mutex`"] = MutexWait,
        ["`Semaphore`"] = SemaphoreWait,
        ["`SemaphoreSlim.Wait`"] = SemaphoreSlimWait,
        ["`Task.Wait`"] = TaskWait,
        ["`Task.Result`"] = TaskResult,
        ["`GetAwaiter().GetResult()`"] = TaskGetResult,
        ["`Task.WaitAll`"] = TaskWaitAll,
        ["`Task.WaitAny`"] = TaskWaitAny,
        ["`ManualResetEvent`"] = ManualEvent,
        ["`ManualResetEventSlim`"] = ManualEventSlim,
        ["`CountdownEvent`"] = Countdown,
        ["`Barrier`"] = BarrierSignal,
        ["`BlockingCollection`"] = BlockingTake,
        ["`Thread.Join`"] = ThreadJoin,
        ["`Process.WaitForExit`"] = ProcessWait,
        ["`HttpClient.Send`"] = HttpSend,
        ["socket, used asynchronously before"] = SocketAfterAsync,
        ["socket"] = SocketReceive,
        ["pipe"] = PipeRead,
        ["file (a named pipe)"] = FileRead,
        ["`Thread.Sleep`"] = ThreadSleep,
        ["computing"] = Compute,
        ["regular expression that backtracks"] = Backtrack,
        ["static constructor that another thread runs"] = StaticConstructor,
    };

    private static void MonitorEnter(Blockade b)
    {
        var gate = new object();
        b.Hold(() => Monitor.Enter(gate), () => Monitor.Exit(gate));
        b.Here(); lock (gate) { b.Wait(); }
    }

    private static void LockEnter(Blockade b)
    {
        var gate = new Lock();
        b.Hold(gate.Enter, gate.Exit);
        b.Here(); lock (gate) { b.Wait(); }
    }

    private static void LazyValue(Blockade b)
    {
        var started = new ManualResetEventSlim();
        var lazy = new Lazy<int>(() =>
        {
            started.Set();
            b.Wait();
            return 1;
        });
        new Thread(() => _ = lazy.Value).Start();
        started.Wait();
        b.Here(); _ = lazy.Value;
    }

    private static void ReaderWriterSlim(Blockade b)
    {
        using var gate = new ReaderWriterLockSlim();
        var holder = b.Hold(gate.EnterWriteLock, gate.ExitWriteLock);
        b.Here(); gate.EnterReadLock();
        gate.ExitReadLock();
        holder.Join();
    }

    private static void ReaderWriter(Blockade b)
    {
        var gate = new ReaderWriterLock();
        b.Hold(() => gate.AcquireWriterLock(-1), gate.ReleaseWriterLock);
        b.Here(); gate.AcquireReaderLock(-1);
    }

    private static void MutexWait(Blockade b)
    {
        using var mutex = new Mutex();
        b.Hold(() => mutex.WaitOne(), mutex.ReleaseMutex);
        b.Here(); mutex.WaitOne();
    }

    private static void SemaphoreWait(Blockade b)
    {
        using var semaphore = new Semaphore(0, 1);
        b.OnRelease(() => semaphore.Release());
        b.Here(); semaphore.WaitOne();
    }

    private static void SemaphoreSlimWait(Blockade b)
    {
        using var semaphore = new SemaphoreSlim(0);
        b.OnRelease(() => semaphore.Release());
        b.Here(); semaphore.Wait();
    }

    private static void TaskWait(Blockade b)
    {
        var task = b.Task();
        b.Here(); task.Wait();
    }

    private static void TaskResult(Blockade b)
    {
        var task = b.Task();
        b.Here(); _ = task.Result;
    }

    private static void TaskGetResult(Blockade b)
    {
        var task = b.Task();
        b.Here(); task.GetAwaiter().GetResult();
    }

    private static void TaskWaitAll(Blockade b)
    {
        var tasks = new Task[] { b.Task(), b.Task() };
        b.Here(); Task.WaitAll(tasks);
    }

    private static void TaskWaitAny(Blockade b)
    {
        var tasks = new Task[] { b.Task(), b.Task() };
        b.Here(); Task.WaitAny(tasks);
    }

    private static void ManualEvent(Blockade b)
    {
        using var signal = new ManualResetEvent(false);
        b.OnRelease(() => signal.Set());
        b.Here(); signal.WaitOne();
    }

    private static void ManualEventSlim(Blockade b)
    {
        using var signal = new ManualResetEventSlim();
        b.OnRelease(signal.Set);
        b.Here(); signal.Wait();
    }

    private static void Countdown(Blockade b)
    {
        using var signal = new CountdownEvent(1);
        b.OnRelease(() => signal.Signal());
        b.Here(); signal.Wait();
    }

    private static void BarrierSignal(Blockade b)
    {
        using var barrier = new Barrier(2);
        b.OnRelease(() => barrier.SignalAndWait());
        b.Here(); barrier.SignalAndWait();
    }

    private static void BlockingTake(Blockade b)
    {
        using var queue = new BlockingCollection<int>();
        b.OnRelease(() => queue.Add(1));
        b.Here(); queue.Take();
    }

    private static void ThreadJoin(Blockade b)
    {
        var thread = b.Hold(() => { }, () => { });
        b.Here(); thread.Join();
    }

    private static void ProcessWait(Blockade b)
    {
        using var process = Process.Start("sleep", "10");
        b.OnRelease(process.Kill);
        b.Here(); process.WaitForExit();
    }

    private static void HttpSend(Blockade b)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        b.OnRelease(listener.Stop);
        using var client = new HttpClient();
        var request = new HttpRequestMessage(HttpMethod.Get, $"http://{listener.LocalEndpoint}/");
        try
        {
            b.Here(); client.Send(request);
        }
        catch (HttpRequestException)
        {
            // Nobody has answered.
        }
    }

    private static void SocketAfterAsync(Blockade b)
    {
        var (socket, other) = Connect();
        _ = socket.ReceiveAsync(new byte[1]);
        other.Send([1]);
        b.OnRelease(() => other.Send([1, 2]));
        b.Here(); socket.Receive(new byte[1]);
    }

    private static void SocketReceive(Blockade b)
    {
        var (socket, other) = Connect();
        b.OnRelease(() => other.Send([1]));
        b.Here(); socket.Receive(new byte[1]);
    }

    private static void PipeRead(Blockade b)
    {
        using var output = new AnonymousPipeServerStream(PipeDirection.Out);
        using var input = new AnonymousPipeClientStream(PipeDirection.In, output.ClientSafePipeHandle);
        b.OnRelease(() => output.WriteByte(1));
        b.Here(); input.ReadByte();
    }

    private static void FileRead(Blockade b)
    {
        var path = Path.Combine(Path.GetTempPath(), $"rondo-{Guid.NewGuid():N}");
        using (var make = Process.Start("mkfifo", path))
        {
            make.WaitForExit();
        }

        // Opened for both, so that opening does not wait for the other side.
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        File.Delete(path);
        b.OnRelease(() => file.WriteByte(1));
        b.Here(); file.ReadByte();
    }

    private static void ThreadSleep(Blockade b)
    {
        b.OnRelease(b.Interrupt);
        try
        {
            b.Here(); Thread.Sleep(TimeSpan.FromSeconds(10));
        }
        catch (ThreadInterruptedException)
        {
            // Reported.
        }
    }

    private static void Compute(Blockade b)
    {
        var sum = 0.0;
        b.Here(); while (!b.IsReleased) { sum += Math.Sin(sum); }
    }

    private static void Backtrack(Blockade b)
    {
        var expression = new Regex("^(a+)+$", RegexOptions.None, TimeSpan.FromMilliseconds(200));
        var text = new string('a', 60) + "!";
        while (!b.IsReleased)
        {
            try
            {
                b.Here(); expression.IsMatch(text);
            }
            catch (RegexMatchTimeoutException)
            {
                // It can be ended in no other way.
            }
        }
    }

    private static void StaticConstructor(Blockade b)
    {
        var started = new ManualResetEventSlim();
        s_whileMaking = () =>
        {
            started.Set();
            b.Wait();
        };
        new Thread(() => _ = SlowToMake.Value).Start();
        started.Wait();
        b.Here(); _ = SlowToMake.Value;
    }

    private static (Socket Client, Socket Server) Connect()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndpoint);
        return (client, listener.AcceptSocket());
    }

    private static class SlowToMake
    {
        static SlowToMake()
        {
            s_whileMaking!();
            Value = 1;
        }

#pragma warning disable CA2211 // A field: nothing lies between it and the constructor.
        public static int Value;
#pragma warning restore CA2211
    }
}
