using Rondo.Services.Streams;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Chat;

// Who is here: entering with what was missed, names, presence, typing.
internal sealed partial class Room
{
    private const int CatchUpPage = 128;
    private const int ShortestGuestName = 4;

    /// <summary>Those in the room, and who of them writes at present.</summary>
    public (IReadOnlyList<Person> Present, IReadOnlyList<string> Typing) Here =>
        ([.. _presence.Present.OrderBy(p => p.Name, StringComparer.Ordinal)], _typing.Now);

    /// <summary>As the others see who asks; or why nobody can be called so here.</summary>
    public (Person Person, ChatRefusal? Refusal) PersonOf(Caller caller)
    {
        var role = (ChatRole)Math.Max((int)caller.Role, (int)Config.Roles.GetValueOrDefault(caller.Id));
        if (caller.Name is null && _presence.Find(caller.Id) is { } present)
        {
            // Its name was looked at when it came.
            return (present with { Role = role }, null);
        }

        var name = caller.Name ?? GuestName(caller.Id);
        var refusal = role is ChatRole.Bot ? null : Nickname.Check(name, role);
        return (
            new Person(caller.Id, name, role),
            refusal ?? (role is not ChatRole.Bot && _presence.IsTaken(name, caller.Id)
                ? new ChatRefusal(ChatProblems.NameTaken, $"Somebody here is called '{name}', or nearly so.")
                : null));
    }

    /// <summary>
    /// Lets a connection in: gives it what it has missed, then what happens, each event once. Ends when it is live, or
    /// with why not.
    /// </summary>
    public async Task<ChatRefusal?> JoinAsync(RoomMember member, StreamCursor? after)
    {
        if (Banned(member.Caller) is { } banned)
        {
            return banned;
        }

        var (person, refusal) = PersonOf(member.Caller);
        if (refusal is not null)
        {
            return refusal;
        }

        if (member.Recipient.Form is FrameForm.Chat)
        {
            _presence.Enter(person);
            member.IsPresent = true;
        }

        Say(member, Greeting(person));
        if (after is { } cursor && await CatchUpAsync(member, cursor) is { } failed)
        {
            Leave(member);
            return failed;
        }

        if (!member.HasLeft && !member.Recipient.IsClosing)
        {
            // Nothing else runs between the two: no event is missed, none comes twice.
            member.Seq = Math.Max(member.Seq, _told);
            _members.Add(member);
            Say(member, ChatJson.Place("live", Name, _head, member.Seq));
        }

        return null;
    }

    public void Leave(RoomMember member)
    {
        member.HasLeft = true;
        _members.Remove(member);
        if (member.IsPresent)
        {
            member.IsPresent = false;
            _presence.Leave(member.Caller.Id);
        }
    }

    /// <summary>Somebody in the room is called otherwise from now on, in all tabs.</summary>
    public ChatRefusal? Rename(RoomMember member, string name)
    {
        var (person, refusal) = PersonOf(member.Caller with { Name = name });
        if (refusal is null)
        {
            _presence.Change(person);
            Say(member, Greeting(person));
        }

        return refusal;
    }

    /// <summary>Tells the others that somebody writes.</summary>
    public ChatRefusal? Type(Caller caller)
    {
        if (MayPost(caller) is { } refusal)
        {
            return refusal;
        }

        var (person, _) = PersonOf(caller);
        if (_typing.Begin(person.Id))
        {
            Tell(ChatJson.Object(json =>
            {
                json.WriteString("type", "typing");
                json.WriteString("room", Name);
                ChatJson.WritePerson(json, "from", person);
                json.WriteNumber("for_ms", (long)Typing.Life.TotalMilliseconds);
            }));
        }

        return null;
    }

    // Short, unless among many guests two ids end in the same way.
    private string GuestName(string id)
    {
        var digits = ShortestGuestName;
        while (digits < id.Length && _presence.IsTaken("guest-" + id[^digits..], id))
        {
            digits++;
        }

        return "guest-" + id[^digits..];
    }

    private static void Say(RoomMember member, byte[] notice)
    {
        if (member.Recipient.Form is FrameForm.Chat)
        {
            member.Recipient.Send(OutgoingFrame.Text(notice));
        }
    }

    private async Task<ChatRefusal?> CatchUpAsync(RoomMember member, StreamCursor cursor)
    {
        try
        {
            member.Seq = cursor.Seq;
            while ((member.Seq != _told || (cursor.Epoch ?? _head.Epoch) != _head.Epoch)
                && !member.HasLeft && !member.Recipient.IsClosing)
            {
                var page = await Store.ReadAsync(Stream, cursor, CatchUpPage);
                if (page.IsReset)
                {
                    // What comes is not what it knows: it is to begin again, not to be given everything.
                    member.Seq = _told;
                    Say(member, ChatJson.Place("reset", Name, _head, _told));
                    return null;
                }

                foreach (var missed in page.Events)
                {
                    member.Seq = missed.Seq;
                    if (Frames.Make(missed, member.Recipient.Form, Name) is { IsEmpty: false } frame)
                    {
                        member.Recipient.Send(frame);
                    }
                }

                // It may be ahead of what the room has told. Not if the room has told more since the page was read.
                if (page.Events.Count == 0 && member.Seq >= _told)
                {
                    break;
                }

                cursor = new StreamCursor(null, member.Seq);
                await member.Recipient.CaughtUpAsync();
            }

            return null;
        }
        catch (EventStoreException error)
        {
            return ChatProblems.Describe(error);
        }
    }

    private void TellPresence(IReadOnlyList<Person> came, IReadOnlyList<string> gone) => Tell(ChatJson.Object(json =>
    {
        json.WriteString("type", "presence");
        json.WriteString("room", Name);
        json.WriteStartArray("joined");
        foreach (var person in came)
        {
            json.WriteStartObject();
            ChatJson.WritePersonMembers(json, person);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("left");
        foreach (var id in gone)
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
    }));

    private byte[] Greeting(Person you) => ChatJson.Object(json =>
    {
        json.WriteString("type", "welcome");
        json.WriteString("room", Name);
        ChatJson.WriteConfig(json, Config);
        ChatJson.WritePerson(json, "you", you);
        ChatJson.WritePlace(json, _head, _told);
    });
}
