using Rondo.Runtime;
using Rondo.Services.Auth;
using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

/// <summary>What every room works with.</summary>
internal sealed record RoomParts(
    IEventStore Store,
    EventLoop Loop,
    Func<ChatOptions> Options,
    SendLimits Limits,
    WordFilter Filter,
    RoomStore Configs,
    AuditTrail Audit,
    ILogger Logger);

/// <summary>Whether somebody may, or why not.</summary>
internal sealed record Permission(ChatRefusal? Refusal);

/// <summary>What came of it: where the event lies, or why there is none.</summary>
internal readonly record struct ChatOutcome(StoredEvent Stored, ChatRefusal? Refusal)
{
    public ChatOutcome(StoredEvent stored)
        : this(stored, null)
    {
    }

    public ChatOutcome(ChatRefusal refusal)
        : this(default, refusal)
    {
    }
}
