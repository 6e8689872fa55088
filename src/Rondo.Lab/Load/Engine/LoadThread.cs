using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Rondo.Runtime;
using Rondo.Transport.Native;
using Rondo.Transport.Sockets;

namespace Rondo.Lab.Load.Engine;

/// <summary>
/// One event loop that drives its share of the connections: one wait for all of them, one send and one receive per
/// request, nothing allocated per request. The time of an event is read once and serves the end of one request and the
/// start of the next. In this file: the run and what is due; in the others: a request's way, and its end.
/// </summary>
/// <threadsafety>
/// <see cref="RunAsync"/>, <see cref="Stop"/> and <see cref="Intervals"/> from any thread; the results once the run has
/// ended; the rest is the loop's.
/// </threadsafety>
internal sealed partial class LoadThread : ILoopWork, IAsyncDisposable
{
    private const int ReceiveBytes = 64 * 1024;
    private const long LongestTick = LoadClock.Second / 10;
    private const long ShortestTick = LoadClock.Second / 100;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly LoadPlan _plan;
    private readonly Action _onInterval;
    private readonly LoopThread _thread;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LoadConnection[] _connections;
    private readonly byte[] _received = new byte[ReceiveBytes];
    private readonly ArrivalSchedule? _schedule;
    private readonly SlotQueue _idle;
    private readonly SlotQueue _thinking;
    private readonly int _planned;
    private readonly long _origin;
    private readonly long _ramp;
    private readonly long _measureFrom;
    private readonly long _end;
    private readonly long _timeout;
    private readonly long _think;
    private readonly long _tick;
    private long _budget;
    private readonly bool _isPaced;
    private readonly Random _random;
    private readonly bool[] _hasConnected;
    private TimerHandle? _timer;
    private long _nextTick;
    private long _armed;
    private ThreadUse _before;
    private int _opened;
    private int _inFlight;
    private bool _isOver;

    /// <param name="plan">What all threads do together.</param>
    /// <param name="index">Which of them it is, from 0.</param>
    /// <param name="address">The target.</param>
    /// <param name="origin">When the run begins, by <see cref="LoadClock"/>.</param>
    /// <param name="onInterval">Called on the loop when there is one more of <see cref="Intervals"/>.</param>
    public LoadThread(LoadPlan plan, int index, EndPoint address, long origin, Action onInterval)
    {
        (_plan, _onInterval) = (plan, onInterval);
        _origin = origin;
        _planned = Share(plan.Connections, index, plan.Threads);
        var most = plan.IsOpen ? Share(Math.Max(plan.Connections, plan.MaxConnections), index, plan.Threads) : _planned;
        _budget = plan.Requests is { } requests ? Share(requests, index, plan.Threads) : long.MaxValue;
        _connections = new LoadConnection[most];
        _hasConnected = new bool[most];
        (_idle, _thinking) = (new SlotQueue(most), new SlotQueue(most));
        var calls = plan.Engine == "epoll" ? new LinuxCalls() : new PortableCalls();
        _thread = new LoopThread(calls, $"load-{index}", error => _done.TrySetException(error.Exception));
        var create = ChannelFactory.For(plan, _thread, address);
        for (var slot = 0; slot < most; slot++)
        {
            var kind = plan.IsBinary ? FrameKind.Binary : FrameKind.Text;
            var frame = plan.IsWebSocket ? new MessageFrame(plan.Message, kind) : null;
            var connection = _connections[slot] = new LoadConnection(this, slot, create(), plan.Request, frame);
            connection.Reader.Hash =
                plan.ExpectedSha is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            connection.Reader.WantsServer = index == 0 && slot == 0;
        }

        _ramp = LoadClock.FromSeconds(plan.RampSeconds);
        _measureFrom = _ramp + LoadClock.FromSeconds(plan.SettleSeconds);
        _end = _measureFrom + LoadClock.FromSeconds(plan.Seconds);
        _timeout = LoadClock.FromSeconds(plan.TimeoutSeconds);
        _think = LoadClock.FromSeconds(plan.ThinkSeconds);
        _random = new Random(plan.Seed + index);
        _isPaced = plan.IsOpen || _think > 0;
        _tick = Math.Clamp(_timeout / 10, ShortestTick, LongestTick);
        _nextTick = _tick;
        _nextInterval = _measureFrom + LoadClock.Second;
        _sampledAt = _measureFrom;
        _requests = plan.RequestsFile is null ? null : new RequestLog(plan.Requests ?? 0);
        if (plan.Rate is { } rate)
        {
            var random = plan.IsPoisson ? new Random(plan.Seed + index) : null;
            _schedule = new ArrivalSchedule(
                rate, plan.RampSeconds, plan.SettleSeconds + plan.Seconds, index, plan.Threads, random);
        }
    }

    /// <summary>Each about a second of results, for whoever takes them first; given back by <see cref="Recycle"/>.</summary>
    public ConcurrentQueue<Interval> Intervals { get; } = new();

    /// <summary>Runs to the end of the plan, or until <see cref="Stop"/>.</summary>
    public Task RunAsync()
    {
        _thread.Loop.TryDispatch(new LoopCode(() =>
        {
            _before = ThreadUse.Now();
            _timer = _thread.Loop.CallLater(TimeSpan.Zero, this);
        }));
        return _done.Task;
    }

    /// <summary>Ends the run soon; what is under way counts as aborted.</summary>
    public void Stop() => _thread.Loop.TryDispatch(new LoopCode(() => End(Now())));

    /// <summary>Something is due, or may be.</summary>
    public void Run()
    {
        if (_isOver)
        {
            return;
        }

        _armed = 0;
        var now = Now();
        if (now >= _nextTick)
        {
            Tick(now);
        }

        StartDue(now);
        EndIfDone(now);
        Arm();
    }

    public async ValueTask DisposeAsync()
    {
        await _thread.StopAsync(StopLimit);
        foreach (var connection in _connections)
        {
            connection.Reader.Hash?.Dispose();
        }
    }

    private static int Share(long whole, int index, int threads) => (int)Share((decimal)whole, index, threads);

    private static decimal Share(decimal whole, int index, int threads) =>
        Math.Floor(whole / threads) + (index < whole % threads ? 1 : 0);

    private long Now() => LoadClock.Now - _origin;

    // After each event that may have changed what is due next.
    private void Arm()
    {
        if (_isOver)
        {
            return;
        }

        var due = Math.Min(_nextTick, NextDue());
        due = _schedule is null ? Math.Min(due, _end) : due;
        if (due != _armed)
        {
            _armed = due;
            var left = Math.Max(0, due - Now());
            _timer!.Reschedule(new TimeSpan((left + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick));
        }
    }

    private long NextDue()
    {
        if (_schedule is not null)
        {
            // A response comes first when every connection is busy.
            return _budget > 0 && (_idle.Count > 0 || _opened < _connections.Length) ? _schedule.Next : long.MaxValue;
        }

        var due = _opened < _planned ? OpeningTime(_opened) : long.MaxValue;
        return _thinking.Count > 0 ? Math.Min(due, _connections[_thinking.First].PauseEnd) : due;
    }

    // A ramp opens the connections of a closed load one after another.
    private long OpeningTime(int slot) => _schedule is null ? _ramp / _planned * slot : 0;

    private void StartDue(long now)
    {
        while (_opened < _planned && OpeningTime(_opened) <= now)
        {
            Open(_opened++, now);
        }

        while (_thinking.Count > 0 && _connections[_thinking.First].PauseEnd <= now)
        {
            var slot = _thinking.Take();
            StartNext(slot, now);
        }

        while (_schedule is not null && _schedule.Next <= now && _budget > 0)
        {
            if (_idle.Count > 0)
            {
                StartArrival(_idle.Take(), now);
            }
            else if (_opened >= _planned && _opened < _connections.Length)
            {
                StartArrival(_opened++, now);
            }
            else
            {
                break;
            }
        }
    }

    private void EndIfDone(long now)
    {
        var isLate = _schedule is null
            ? now >= _end
            : now >= _end + _timeout || (_schedule.Next == long.MaxValue && _inFlight == 0);
        if (isLate || (_budget <= 0 && _inFlight == 0))
        {
            End(now);
        }
    }

    private void End(long now)
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        Conclude(now);
        _timer?.Cancel();
        foreach (var connection in _connections)
        {
            connection.SayGoodbye();
            connection.Channel.Abandon();
        }

        Use = ThreadUse.Now().Since(_before);
        _done.TrySetResult();
    }

    // Pauses between attempts, and the limit of requests, need no finer time.
    private void Tick(long now)
    {
        _nextTick = now + _tick;
        for (var slot = 0; slot < _opened; slot++)
        {
            var connection = _connections[slot];
            if (connection.State == ConnectionState.Closed && connection.RetryAt != 0 && connection.RetryAt <= now)
            {
                connection.RetryAt = 0;
                StartNext(slot, now);
            }
            else if ((connection.HasRequest || connection.State == ConnectionState.Connecting)
                && now - Math.Max(connection.SentAt, connection.ConnectStart) > _timeout)
            {
                Fail(slot, RequestEnd.Timeout, now);
            }
        }

        Sample(now);
    }
}
