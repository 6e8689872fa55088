using System.Collections.Concurrent;
using System.Net;
using Rondo.Lab.Measuring;
using Rondo.Runtime;
using Rondo.Transport.Native;
using Rondo.Transport.Sockets;

namespace Rondo.Lab.Load.Engine;

/// <summary>
/// One connection sends messages and the others receive each of them: what a chat or a feed does. A message bears its
/// number, by which it is known again; its time counts at each receiver.
/// </summary>
/// <threadsafety>
/// <see cref="RunAsync"/>, <see cref="Stop"/> and <see cref="Seconds"/> from any thread; the results once it has ended;
/// the rest is the loop's.
/// </threadsafety>
internal sealed class FanOut : ILoopWork, IAsyncDisposable
{
    private const int ReceiveBytes = 64 * 1024;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly LoadPlan _plan;
    private readonly LoopThread _thread;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Random _random;
    private readonly MessageFrame _frame;
    private readonly MessageNumber _number;
    private readonly SendingSide _sending;
    private readonly FanOutMember[] _members;
    private readonly FanOutMember _sender;

    // From the first message that somebody may still wait for.
    private readonly List<(long Due, long Sent)> _times = [];
    private readonly ArrivalSchedule? _schedule;
    private readonly long _origin = LoadClock.Now;
    private readonly long _timeout;
    private readonly long _length;
    private TimerHandle? _timer;
    private ThreadUse _before;
    private LatencyHistogram _second = new();
    private byte[] _bytes = [];
    private long _messages;
    private int _sent;
    private int _undecided;
    private int _receivers;
    private long _start = -1;
    private long _owed;
    private long _lastSent;
    private long _closedSecond;
    private long _completedBefore;
    private long _failedBefore;
    private bool _isOver;

    public FanOut(LoadPlan plan, EndPoint address)
    {
        _plan = plan;
        _random = new Random(plan.Seed);
        var kind = plan.IsBinary ? FrameKind.Binary : FrameKind.Text;
        _frame = new MessageFrame([.. plan.Message], kind);
        _number = new MessageNumber(plan.Message);
        FirstMessage = plan.FirstMessage is { } first ? new MessageFrame([.. first], kind) : null;
        _sending = new SendingSide(this);
        _timeout = LoadClock.FromSeconds(plan.TimeoutSeconds);
        _length = LoadClock.FromSeconds(plan.Seconds);
        _thread = new LoopThread(
            plan.Engine == "epoll" ? new LinuxCalls() : new PortableCalls(),
            "fan-out",
            error => _done.TrySetException(error.Exception));
        var create = ChannelFactory.For(plan, _thread, address);
        var room = new byte[ReceiveBytes];
        _members = [.. Enumerable.Range(0, plan.Connections + 1).Select(_ => new FanOutMember(this, create(), room))];
        _sender = _members[0];
        _undecided = _members.Length;
        _schedule = plan.Rate is { } rate
            ? new ArrivalSchedule(rate, 0, plan.Seconds, 0, 1, plan.IsPoisson ? _random : null)
            : null;
    }

    /// <summary>What each connection sends first; null for nothing.</summary>
    public MessageFrame? FirstMessage { get; }

    /// <summary>How much of a message <see cref="OnMessage"/> wants to see.</summary>
    public int KeptBytes => _number.KeptBytes;

    public LoadCounts Counts { get; } = new();

    public LatencyHistogram ConnectTimes { get; } = new();

    public LatencyHistogram ServiceTimes { get; } = new();

    public LatencyHistogram Lateness { get; } = new();

    /// <summary>Each second, once it is over.</summary>
    public ConcurrentQueue<(int Second, long Completed, long Failed, LatencyHistogram Latency)> Seconds { get; } =
        new();

    public string? FirstProblem { get; private set; }

    public long Elapsed { get; private set; }

    public ThreadUse Use { get; private set; }

    /// <summary>Runs to the end of the plan, or until <see cref="Stop"/>.</summary>
    public Task RunAsync()
    {
        _thread.Loop.TryDispatch(new LoopCode(() =>
        {
            _before = ThreadUse.Now();
            _timer = _thread.Loop.CallLater(TimeSpan.FromSeconds(_plan.TimeoutSeconds), this);
            foreach (var member in _members)
            {
                member.Connect();
            }
        }));
        return _done.Task;
    }

    public void Stop() => _thread.Loop.TryDispatch(new LoopCode(End));

    /// <summary>Something is due: a message, the end of a second, or the end.</summary>
    public void Run()
    {
        if (_isOver)
        {
            return;
        }

        var now = Now();
        if (_start < 0)
        {
            // Who has not connected by now never will.
            foreach (var member in _members.Where(m => !m.IsDecided))
            {
                member.Close("connecting took too long");
            }

            Begin();
            return;
        }

        CloseSeconds(now);
        if (_schedule is null && _owed > 0 && now - _lastSent > _timeout)
        {
            // A closed load goes on without those that did not get it.
            Lose();
        }

        while (!IsSending(_sender) && MaySend(now))
        {
            SendNext(now);
        }

        var isFinished = now >= _length || _messages >= _plan.Requests || _sender.IsClosed || _receivers == 0;
        if (isFinished && (_owed == 0 || now - _lastSent > _timeout || _receivers == 0))
        {
            End();
            return;
        }

        Arm(now);
    }

    public uint NextMask() => (uint)_random.NextInt64();

    public bool IsSending(FanOutMember member) => ReferenceEquals(member, _sender) && _sent < _bytes.Length;

    public void OnDecided(FanOutMember member, int outcome)
    {
        if (outcome < 0)
        {
            FirstProblem ??= member.Channel.Describe(outcome);
            Counts.TlsErrors += outcome == ClientChannel.HandshakeFailed ? 1 : 0;
            Counts.ConnectErrors += outcome == ClientChannel.HandshakeFailed ? 0 : 1;
        }
        else
        {
            Counts.ConnectionsOpened++;
            ConnectTimes.Record(LoadClock.Now - member.ConnectStart);
            _receivers += ReferenceEquals(member, _sender) ? 0 : 1;
        }

        if (--_undecided == 0)
        {
            Begin();
        }
    }

    public void OnMessage(FanOutMember member, long length, ReadOnlySpan<byte> begin)
    {
        // The sender's own copy, if there is one, is no delivery; neither is what others say.
        if (_isOver || ReferenceEquals(member, _sender) || !_number.TryRead(begin, out var number)
            || number >= _messages || number <= member.LastMessage || number < _messages - _times.Count)
        {
            return;
        }

        var now = Now();
        var (due, sent) = _times[(int)(number - (_messages - _times.Count))];
        member.LastMessage = number;
        member.Delivered++;
        Counts.Completed++;
        Counts.BodyBytes += length;
        _owed--;
        _second.Record(now - (_schedule is null ? sent : due));
        if (_schedule is not null)
        {
            ServiceTimes.Record(now - sent);
        }

        if (_owed == 0)
        {
            Wake();
        }
    }

    public void OnClosed(FanOutMember member, string? problem)
    {
        if (_isOver)
        {
            return;
        }

        FirstProblem ??= problem;
        if (!member.IsDecided)
        {
            Counts.ConnectErrors++;
            if (--_undecided == 0)
            {
                Begin();
            }

            return;
        }

        if (!ReferenceEquals(member, _sender))
        {
            _receivers--;
            var lost = _messages - member.Delivered;
            Counts.ClosedEarly += lost;
            _owed -= lost;
        }

        Wake();
    }

    public async ValueTask DisposeAsync() => await _thread.StopAsync(StopLimit);

    private long Now() => LoadClock.Now - _origin - Math.Max(_start, 0);

    private void Begin()
    {
        if (_start < 0)
        {
            _start = LoadClock.Now - _origin;
            Wake();
        }
    }

    private void Wake() => _timer!.Reschedule(TimeSpan.Zero);

    private bool MaySend(long now) => !_sender.IsClosed && _receivers > 0 && now < _length
        && !(_messages >= _plan.Requests) && (_schedule is null ? _owed == 0 : _schedule.Next <= now);

    private void SendNext(long now)
    {
        var due = _schedule?.Next ?? now;
        _schedule?.Advance();
        if (_owed == 0)
        {
            _times.Clear();
        }

        _number.Write(_frame.Payload, (uint)_messages++);
        _bytes = _frame.Mask(NextMask());
        _sent = 0;
        _lastSent = Now();
        _times.Add((due, _lastSent));
        _owed += _receivers;
        Counts.Sent++;
        Counts.Due++;
        Lateness.Record(_lastSent - due);
        SendRest();
    }

    private void SendRest()
    {
        while (_sent < _bytes.Length && !_sender.IsClosed)
        {
            var count = _sender.Channel.Send(_bytes.AsSpan(_sent));
            if (count == ClientChannel.WouldBlock)
            {
                if (_sender.Channel.WaitToSend(_sending))
                {
                    return;
                }
            }
            else if (count < 0)
            {
                _sender.Close("the sender's connection was reset");
            }
            else
            {
                _sent += count;
            }
        }

        if (_schedule is not null)
        {
            Wake();
        }
    }

    // What has not come by now is counted, and no longer waited for.
    private void Lose()
    {
        Counts.Timeouts += _owed;
        FirstProblem ??= "not every receiver got every message within the time limit";
        _owed = 0;
        foreach (var member in _members)
        {
            (member.LastMessage, member.Delivered) = (_messages - 1, _messages);
        }
    }

    private void CloseSeconds(long now)
    {
        if (now < (_closedSecond + 1) * LoadClock.Second)
        {
            return;
        }

        EndSecond();
        _closedSecond = now / LoadClock.Second;
    }

    private void EndSecond()
    {
        Seconds.Enqueue(
            ((int)_closedSecond, Counts.Completed - _completedBefore, Counts.Failed - _failedBefore, _second));
        (_second, _completedBefore, _failedBefore) = (new LatencyHistogram(), Counts.Completed, Counts.Failed);
    }

    private void Arm(long now)
    {
        var due = Math.Min((_closedSecond + 1) * LoadClock.Second, now < _length ? _length : long.MaxValue);
        due = _schedule is not null && !IsSending(_sender) ? Math.Min(due, _schedule.Next) : due;
        due = _owed > 0 ? Math.Min(due, _lastSent + _timeout + 1) : due;
        var left = Math.Max(0, due - Now());
        _timer!.Reschedule(new TimeSpan((left + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick));
    }

    private void End()
    {
        if (_isOver)
        {
            return;
        }

        var now = Now();
        if (_owed > 0 && now - _lastSent > _timeout)
        {
            Lose();
        }

        Counts.AbortedAtEnd = _owed;
        _isOver = true;
        Elapsed = Math.Max(1, now);
        EndSecond();
        _timer?.Cancel();
        foreach (var member in _members)
        {
            Counts.BytesReceived += member.BytesReceived;
            member.End();
        }

        Use = ThreadUse.Now().Since(_before);
        _done.TrySetResult();
    }

    private sealed class SendingSide(FanOut owner) : ILoopWork
    {
        public void Run() => owner.SendRest();
    }
}
