using Rondo.Runtime;

namespace Rondo.Services.Chat;

/// <summary>
/// Those who get a room's events as they happen. To write costs a system call for each of them, whatever is written: so
/// that a busy room leaves time for the others, what is said while it rests after one delivery goes out with the next.
/// </summary>
internal sealed class RoomAudience(EventLoop loop)
{
    // About twice what a write costs: a room delivers for at most half of the time.
    private static readonly TimeSpan s_restPerMember = TimeSpan.FromMicroseconds(20);
    private static readonly TimeSpan s_shortestRest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_longestRest = TimeSpan.FromMilliseconds(25);

    private readonly List<RoomMember> _members = [];
    private readonly List<Frames> _untold = [];
    private TimeSpan _restsUntil;
    private bool _isDue;

    public IReadOnlyList<RoomMember> All => _members;

    public void Add(RoomMember member) => _members.Add(member);

    public void Remove(RoomMember member) => _members.Remove(member);

    /// <summary>Gives an event to all who have not had it, at once or with the next delivery.</summary>
    public void Tell(Frames told)
    {
        _untold.Add(told);
        if (!_isDue)
        {
            _isDue = true;

            // Even without a rest behind what comes at the same time.
            loop.CallAt(_restsUntil, Deliver);
        }
    }

    /// <summary>Gives something that is not kept to all who speak <c>chat.v1</c>.</summary>
    public void Tell(ReadOnlyMemory<byte> frame)
    {
        foreach (var member in _members)
        {
            if (member.Recipient.Form is FrameForm.Chat)
            {
                member.Recipient.Send(frame);
            }
        }
    }

    private void Deliver()
    {
        _isDue = false;
        var batch = new FrameBatch(_untold);
        for (var i = _members.Count - 1; i >= 0; i--)
        {
            var member = _members[i];
            var (frames, count) = batch.After(member.Seq, member.Recipient.Form);
            member.Seq = Math.Max(member.Seq, batch.Last);
            if (count > 0)
            {
                member.Recipient.Send(frames, count);
            }
        }

        _untold.Clear();
        var rest = _members.Count * s_restPerMember;
        _restsUntil = rest < s_shortestRest ? TimeSpan.Zero
            : loop.Time + (rest < s_longestRest ? rest : s_longestRest);
    }
}
