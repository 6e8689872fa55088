namespace Rondo.Runtime.Diagnostics;

/// <summary>Times the waits of an idle loop, for those who ask for it.</summary>
internal sealed class SlowPollDetector(EventLoop loop)
{
    private TimeSpan? _start;
    private TimeSpan? _limit;

    public void Idle()
    {
        if (loop.Options.SlowPollDuration is not null)
        {
            _start = loop.Time;
            _limit = loop.NextDeadline - _start;
        }
    }

    public void PollEnded()
    {
        if (_start is not { } start)
        {
            return;
        }

        _start = null;
        var took = loop.Time - start;
        if (took >= loop.Options.SlowPollDuration)
        {
            loop.Report(new SlowPoll(loop, _limit, took));
        }
    }
}
