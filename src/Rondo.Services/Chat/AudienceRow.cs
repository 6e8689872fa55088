namespace Rondo.Services.Chat;

/// <summary>Some of a room's members: written to in one turn of the loop, and then left in peace together.</summary>
/// <param name="told">How much was told before they came, which they need not be given.</param>
internal sealed class AudienceRow(long told)
{
    /// <summary>So few that whatever else waits for the loop has its turn within a millisecond or so.</summary>
    public const int Seats = 64;

    public List<RoomMember> Members { get; } = [];

    /// <summary>When it may be written to again.</summary>
    public TimeSpan RestsUntil { get; private set; }

    /// <summary>How much of what was told in the room it was given.</summary>
    public long Told { get; private set; } = told;

    /// <summary>Gives each member what it has not had.</summary>
    public void Give(FrameBatch batch, long told)
    {
        for (var i = Members.Count - 1; i >= 0; i--)
        {
            var member = Members[i];
            var (frames, count) = batch.After(member.Seq, member.Recipient.Form);
            member.Seq = Math.Max(member.Seq, batch.Last);
            if (count > 0)
            {
                member.Recipient.Send(frames, count);
            }
        }

        Told = told;
    }

    public void Rest(TimeSpan until) => RestsUntil = until;
}
