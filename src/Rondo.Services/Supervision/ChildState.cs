namespace Rondo.Services.Supervision;

/// <summary>
/// What is known of one supervised process, and what has to be done about it. Knows time, but no process.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class ChildState
{
    /// <summary>A process that does not listen by then never will.</summary>
    public static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    /// <summary>One that has answered before, and does not for so long, hangs.</summary>
    public static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(15);

    /// <summary>One that is not ready by then is told.</summary>
    public static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly RestartPause _pause;
    private ChildStatus _status;
    private string? _lastLine;
    private DateTimeOffset _started;
    private DateTimeOffset? _answered;
    private DateTimeOffset? _firstAnswer;
    private DateTimeOffset _ready;
    private bool _isToldUnready;

    public ChildState(string name, TimeProvider time, Random random)
    {
        (_time, _pause) = (time, new RestartPause(random));
        _status = new ChildStatus(name) { Since = time.GetUtcNow() };
    }

    public ChildStatus Current => Volatile.Read(ref _status);

    /// <summary>A process has been started.</summary>
    public void Started(int processId)
    {
        using var scope = _gate.EnterScope();
        (_started, _answered, _firstAnswer, _lastLine, _isToldUnready) = (_time.GetUtcNow(), null, null, null, false);
        _ready = _started;
        Set(Current with
        {
            Phase = ChildPhase.Starting,
            Since = _started,
            ProcessId = processId,
            Url = null,
            IsReady = false,
            Next = null,
        });
    }

    /// <summary>It says where it listens.</summary>
    public void Listens(Uri url)
    {
        using var scope = _gate.EnterScope();
        Set(Current with { Url = url });
    }

    /// <summary>It has written a line to its error output.</summary>
    public void Said(string line) => Volatile.Write(ref _lastLine, line);

    /// <summary>It has answered that it is alive.</summary>
    /// <param name="isReady">Whether it takes calls, too.</param>
    public void Answered(bool isReady)
    {
        using var scope = _gate.EnterScope();
        var now = _time.GetUtcNow();
        _answered = now;
        _firstAnswer ??= now;
        if (isReady)
        {
            (_ready, _isToldUnready) = (now, false);
        }

        var isNew = Current.Phase is not ChildPhase.Up;
        Set(Current with { Phase = ChildPhase.Up, Since = isNew ? now : Current.Since, IsReady = isReady });
    }

    /// <summary>It has not answered. Whether it is to be killed: it hangs, or never began to listen.</summary>
    public bool Hangs() => _time.GetUtcNow() is var now && (_answered is { } answered
        ? now - answered >= HangLimit
        : now - _started >= StartLimit);

    /// <summary>Whether it is to be told that it runs and is not ready; once for each time.</summary>
    public bool IsUnreadyTooLong()
    {
        using var scope = _gate.EnterScope();
        var isLate = !_isToldUnready && !Current.IsReady && _time.GetUtcNow() - _ready >= ReadyLimit;
        _isToldUnready |= isLate;
        return isLate;
    }

    /// <summary>It has ended. Returns how long to wait before it is started again.</summary>
    public TimeSpan Ended(ChildExit exit)
    {
        using var scope = _gate.EnterScope();
        var now = _time.GetUtcNow();
        var pause = _pause.Next(_firstAnswer is { } first ? now - first : default, exit);
        Set(Current.WithEnd(now) with
        {
            Phase = ChildPhase.BackingOff,
            Since = now,
            ProcessId = null,
            Url = null,
            IsReady = false,
            Next = now + pause,
            LastExit = exit,
            LastWords = Volatile.Read(ref _lastLine),
        });
        (_answered, _firstAnswer) = (null, null);
        return pause;
    }

    /// <summary>It has ended, or is not started any more, because everything stops.</summary>
    public void Stopped(ChildExit? exit)
    {
        using var scope = _gate.EnterScope();
        Set(Current with
        {
            Phase = ChildPhase.Stopped,
            Since = _time.GetUtcNow(),
            ProcessId = null,
            Url = null,
            IsReady = false,
            Next = null,
            LastExit = exit ?? Current.LastExit,
        });
    }

    private void Set(ChildStatus status) => Volatile.Write(ref _status, status);
}
