using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

/// <summary>Those who get a room's events as they happen.</summary>
internal sealed class RoomAudience
{
    private readonly List<RoomMember> _members = [];

    public IReadOnlyList<RoomMember> All => _members;

    public void Add(RoomMember member) => _members.Add(member);

    public void Remove(RoomMember member) => _members.Remove(member);

    /// <summary>Gives an event to all who have not had it: made for the wire once, the same bytes for each.</summary>
    public void Tell(StreamEvent told, Frames frames)
    {
        for (var i = _members.Count - 1; i >= 0; i--)
        {
            var member = _members[i];
            if (member.Seq < told.Seq)
            {
                member.Seq = told.Seq;
                Send(member, frames.In(member.Recipient.Form));
            }
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

    private static void Send(RoomMember member, ReadOnlyMemory<byte> frame)
    {
        if (!frame.IsEmpty)
        {
            member.Recipient.Send(frame);
        }
    }
}
