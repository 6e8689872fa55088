using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace Rondo.Runtime.Executors;

/// <summary>
/// A worker process as its pool sees it, with the thread that starts it, reads its answers and sees its end. Who reads
/// is one at a time: this thread, or a caller who waits for one answer and so saves a change of threads; it passes on
/// under the pool's lock. While nothing is in flight, nobody reads.
/// </summary>
/// <remarks>
/// Calls are answered in order. So whichever call is the first in flight is the one that may have begun when the
/// process dies, and those behind it have not.
/// </remarks>
#pragma warning disable CA1001 // Its thread gives back what it holds, when the process has ended.
internal sealed partial class WorkerProcess
#pragma warning restore CA1001
{
    /// <summary>How long a process may take to see that it is asked to end.</summary>
    public static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(5);

    private readonly WorkerPool _pool;
    private readonly ConcurrentQueue<WorkerCall> _inFlight = new();
    private readonly HashSet<int> _known = [];
    private readonly object _parking = new();
    private readonly object _ending = new();
    private volatile bool _isKilled;
    private bool _isWanted;
    private Process? _process;
    private FrameSocket? _socket;
    private Socket? _lifeline;
    private WorkerCall? _large;
    private ITimer? _timer;
    private bool _isTimed;
    private int _answered;
    private ITimer? _asked;

    public WorkerProcess(WorkerPool pool)
    {
        _pool = pool;
        new Thread(Run) { IsBackground = true, Name = $"{pool.Options.Name} worker" }.UnsafeStart();
    }

    // What follows is guarded by the pool's lock.

    /// <summary>Whether it takes calls: it has started, and is neither full, nor retired, nor dying.</summary>
    public bool IsAccepting { get; set; }

    public bool HasStarted { get; set; }

    public bool HasExited { get; set; }

    /// <summary>Whether it serves, or will: whether it need not be replaced.</summary>
    public bool IsAlive => !IsKilled && (!HasStarted || IsAccepting);

    /// <summary>Whether somebody reads its answers.</summary>
    public bool IsRead { get; set; }

    /// <summary>How many calls it has been given.</summary>
    public int Tasks { get; private set; }

    public int InFlight { get; private set; }

    public long BytesInFlight { get; private set; }

    /// <summary>When the first call in flight came to be the first, by the executor's clock.</summary>
    public long RunningSince { get; private set; }

    /// <summary>Set while the call that runs, and is not wanted, has a moment left.</summary>
    public ITimer? StopsLater { get; set; }

    public WorkerExitReason Reason { get; set; } = WorkerExitReason.Crashed;

    /// <summary>What has been killed does not count as busy any more.</summary>
    public bool IsKilled => _isKilled;

    /// <summary>What is in flight, in order.</summary>
    public IEnumerable<WorkerCall> Calls => _inFlight;

    /// <summary>The call that may have begun; null if there is none.</summary>
    public WorkerCall? Running => _inFlight.TryPeek(out var call) ? call : null;

    /// <summary>
    /// Sends a call. A large one goes only to an idle worker, whose thread sends it: nobody else may be held up by a
    /// process that does not read. If the process is gone, its end will bring the call back.
    /// </summary>
    public void Send(WorkerCall call, bool isLarge)
    {
        call.Worker = this;
        Tasks++;
        BytesInFlight += call.Frame.Length;
        if (InFlight++ == 0)
        {
            Begin();
        }

        // Before it is sent: the answer may be here at once.
        _inFlight.Enqueue(call);
        var isKnown = !_known.Add(call.Method.Id) || _socket!.TrySend(call.Method.DefineFrame);
        if (isLarge)
        {
            (_large, call.IsSent) = (call, true);
        }
        else
        {
            call.IsSent = isKnown && _socket!.TrySend(call.Frame.Frame);
            IsAccepting &= call.IsSent;
        }
    }

    /// <summary>The first call in flight has been answered.</summary>
    public void Answered()
    {
        _inFlight.TryDequeue(out var call);
        call!.Worker = null;
        _answered++;
        if (_asked is { } asked)
        {
            // It was not that call which had to end.
            asked.Dispose();
            _asked = null;
            Reason = IsKilled ? Reason : WorkerExitReason.Crashed;
        }

        BytesInFlight -= call.Frame.Length;
        if (--InFlight > 0)
        {
            Begin();
        }
    }

    /// <summary>Takes the calls off a process that is gone, in order.</summary>
    public List<WorkerCall> Abandon()
    {
        var calls = _inFlight.ToList();
        _inFlight.Clear();
        InFlight = 0;
        calls.ForEach(call => call.Worker = null);
        return calls;
    }

    /// <summary>Wakes its thread, to read or to see that the process is gone.</summary>
    public void Wake()
    {
        IsRead = true;
        lock (_parking)
        {
            _isWanted = true;
            Monitor.Pulse(_parking);
        }
    }

    /// <summary>Ends the process at once; one that is being started, as soon as it is there.</summary>
    public void Kill(WorkerExitReason reason)
    {
        lock (_ending)
        {
            if (!_isKilled)
            {
                (_isKilled, IsAccepting, Reason) = (true, false, reason);
                _process?.Kill();
            }
        }
    }

    /// <summary>
    /// Asks the process to end if it still runs the first call in flight. Only it knows: if the answer is on its way,
    /// the next call has begun, and killing would hit that one.
    /// </summary>
    /// <param name="reason">Of its end, if it ends.</param>
    /// <param name="limit">Called when it has neither ended nor answered within <see cref="AskLimit"/>.</param>
    public void AskToEnd(WorkerExitReason reason, Action limit)
    {
        if (IsKilled || _asked is not null)
        {
            return;
        }

        Reason = reason;
        _asked = _pool.Options.Clock.CreateTimer(_ => limit(), null, AskLimit, Timeout.InfiniteTimeSpan);
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, _answered + 1);
        try
        {
            _lifeline!.Send(number);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It is gone.
        }
    }

    /// <summary>Ends the process in good order: it sees the end of its sockets.</summary>
    public void Close(WorkerExitReason reason)
    {
        (IsAccepting, Reason) = (false, reason);
        _socket?.Dispose();
        _lifeline?.Dispose();
        Wake();
    }

    /// <summary>
    /// The timer has fired: is the call that runs overdue? If it is not, or there is none, the timer is set anew when
    /// it is due; so a call costs no change of the timer.
    /// </summary>
    public WorkerCall? Overdue()
    {
        _isTimed = false;
        if (InFlight == 0 || IsKilled)
        {
            return null;
        }

        var left = _pool.Options.CallTimeout - _pool.Options.Clock.GetElapsedTime(RunningSince);
        if (left <= TimeSpan.Zero)
        {
            return Running;
        }

        _isTimed = true;
        _timer!.Change(left, Timeout.InfiniteTimeSpan);
        return null;
    }

    // What follows belongs to whoever reads.

    /// <summary>Reads answers until none is expected, or until that of one call has come.</summary>
    /// <returns>False when the process is gone.</returns>
    public bool Pump(WorkerCall? until)
    {
        while (true)
        {
            _pool.Options.Reading?.Invoke();
            if (!_socket!.TryReceive(out var answer) || !_inFlight.TryPeek(out var call))
            {
                return false;
            }

            if (!call.HasEnded)
            {
                call.Read(answer);
            }

            // Only now: the next reader overwrites the answer.
            var goesOn = _pool.Answered(this, isLast: call == until);
            call.Publish();
            call.Release();
            if (!goesOn)
            {
                return true;
            }
        }
    }

    /// <summary>Sends the large call that waits for that, if there is one.</summary>
    public void SendLarge()
    {
        if (Interlocked.Exchange(ref _large, null) is { } call)
        {
            // If this fails, so does the read that follows.
            _socket!.TrySend(call.Frame.Frame);
        }
    }

    private void Park()
    {
        lock (_parking)
        {
            while (!_isWanted)
            {
                Monitor.Wait(_parking);
            }

            _isWanted = false;
        }
    }

    private void Begin()
    {
        RunningSince = _pool.Options.Clock.GetTimestamp();
        if (_timer is not null && !_isTimed)
        {
            _isTimed = true;
            _timer.Change(_pool.Options.CallTimeout, Timeout.InfiniteTimeSpan);
        }
    }
}
