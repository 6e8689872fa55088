using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Chat;

/// <summary>
/// Why something was not done: the same on a WebSocket, where the name of the type is the error's code, and over HTTP.
/// </summary>
internal sealed record ChatRefusal(ProblemType Type, string Detail, TimeSpan? RetryAfter = null);

/// <summary>The kinds of refusal; docs/services/chat.md lists when each is answered.</summary>
internal static class ChatProblems
{
    public static readonly ProblemType NoRoom = new("no-room", 404, "No such room");
    public static readonly ProblemType NoHook = new("no-hook", 404, "No such hook");
    public static readonly ProblemType UnusableAddress = new("unusable-address", 422, "Address not taken");
    public static readonly ProblemType NoMessage = new("no-message", 404, "No such message");
    public static readonly ProblemType NoReaction = new("no-reaction", 404, "No such reaction");
    public static readonly ProblemType EmptyText = new("empty-text", 422, "Nothing to say");
    public static readonly ProblemType UnusableText = new("unusable-text", 422, "Text not taken");
    public static readonly ProblemType TextTooLong = new("text-too-long", 413, "Text too long");
    public static readonly ProblemType UnusableName = new("unusable-name", 422, "Name not taken");
    public static readonly ProblemType NameTaken = new("name-taken", 409, "Name in use");
    public static readonly ProblemType ClientIdReused = new("client-id-reused", 409, "client_id used for another text");
    public static readonly ProblemType EditConflict = new("edit-conflict", 409, "No longer to be changed");
    public static readonly ProblemType NotAllowed = new("not-allowed", 403, "Not allowed");
    public static readonly ProblemType Banned = new("banned", 403, "Banned");
    public static readonly ProblemType Kicked = new("kicked", 403, "Kicked");
    public static readonly ProblemType Muted = new("muted", 403, "Muted");
    public static readonly ProblemType ReadOnly = new("read-only", 403, "Room is read-only");
    public static readonly ProblemType TooFast = new("too-fast", 429, "Too fast");
    public static readonly ProblemType TooMany = new("too-many", 429, "Too many");
    public static readonly ProblemType TooManyConnections = new("too-many-connections", 503, "No more connections");
    public static readonly ProblemType BadFrame = new("bad-frame", 400, "Frame not understood");
    public static readonly ProblemType InvalidKey = AuthProblems.Invalid;
    public static readonly ProblemType NotJoined = new("not-joined", 409, "Not in this room");

    public static ChatRefusal Describe(EventStoreException error)
    {
        var problem = StreamProblems.Describe(error);
        return new ChatRefusal(problem.Type, problem.Detail);
    }
}
