using Rondo.Runtime;

namespace Rondo.Services.Chat;

/// <summary>
/// Those who are told what happens in a room. To write costs a system call for each of them, whatever is written: so
/// that a busy room leaves time for the others, nobody is written to again before a while has passed, and what is said
/// meanwhile goes out in one write. The members sit in rows that take turns, each with a rest of its own: whoever is
/// served last waits no longer for the next than whoever is served first, and between two rows the loop takes in what
/// else has come.
/// </summary>
internal sealed class RoomAudience(EventLoop loop)
{
    // About twice what a write costs: a room delivers for at most half of the time.
    private static readonly TimeSpan s_restPerMember = TimeSpan.FromMicroseconds(23);
    private static readonly TimeSpan s_shortestRest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_longestRest = TimeSpan.FromMilliseconds(100);

    // Whoever was served longest ago comes first, and has been told the least.
    private readonly Queue<AudienceRow> _rows = [];

    // The end of what was told: what somebody has not had.
    private readonly List<Frames> _untold = [];
    private long _told;
    private (FrameBatch Frames, long After)? _batch;
    private bool _isDue;

    public int Count { get; private set; }

    public IEnumerable<RoomMember> All => _rows.SelectMany(r => r.Members);

    public void Add(RoomMember member)
    {
        var row = _rows.FirstOrDefault(r => r.Members.Count < AudienceRow.Seats);
        if (row is null)
        {
            _rows.Enqueue(row = new AudienceRow(_told));
        }

        row.Members.Add(member);
        Count++;
    }

    public void Remove(RoomMember member)
    {
        if (_rows.Any(r => r.Members.Remove(member)))
        {
            Count--;
        }
    }

    /// <summary>Gives it to all who have not had it, at once or with their next delivery.</summary>
    public void Tell(Frames told)
    {
        if (_rows.Count == 0)
        {
            return;
        }

        _untold.Add(told);
        _told++;
        _batch = null;
        Arm();
    }

    // Even without a rest behind what comes at the same time.
    private void Arm()
    {
        if (!_isDue)
        {
            _isDue = true;
            loop.CallAt(_rows.Peek().RestsUntil, Deliver);
        }
    }

    private void Deliver()
    {
        _isDue = false;
        var row = _rows.Dequeue();
        row.Give(BatchAfter(row.Told), _told);
        row.Rest(loop.Time + RestOf(Count));
        if (row.Members.Count > 0)
        {
            _rows.Enqueue(row);
        }

        var left = _rows.TryPeek(out var next) ? (int)(_told - next.Told) : 0;
        _untold.RemoveRange(0, _untold.Count - left);
        if (left > 0)
        {
            Arm();
        }
        else
        {
            _batch = null;
        }
    }

    private FrameBatch BatchAfter(long told)
    {
        if (_batch is not { } batch || batch.After != told)
        {
            _batch = batch = (new FrameBatch([.. _untold.TakeLast((int)(_told - told))]), told);
        }

        return batch.Frames;
    }

    private static TimeSpan RestOf(int members)
    {
        var rest = members * s_restPerMember;
        return rest < s_shortestRest ? TimeSpan.Zero : rest < s_longestRest ? rest : s_longestRest;
    }
}
