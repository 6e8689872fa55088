using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

// What people put to what was said.
internal sealed partial class Room
{
    private readonly RoomReactions _reactions = new();

    /// <summary>Puts an emoji to a message, once for each person, or takes it back.</summary>
    public Task<ChatOutcome> ReactAsync(Caller caller, long seq, string reaction, string? clientId, bool isPut) =>
        InTurnAsync(() => ReactNowAsync(caller, seq, reaction, clientId, isPut));

    private async Task<ChatOutcome> ReactNowAsync(
        Caller caller, long seq, string reaction, string? clientId, bool isPut)
    {
        var (person, refusal) = PersonOf(caller);
        refusal = Banned(caller) ?? refusal ?? Reaction.Check(reaction) ?? MayPost(caller)
            ?? _parts.Limits.Take(caller) ?? (await FindAsync(seq)).Refusal;
        if (refusal is not null)
        {
            return new ChatOutcome(refusal);
        }

        // Who has not heard of it asks again.
        var before = _reactions.Find(seq, reaction, caller.Id);
        if (before is { } done && done.IsThere == isPut)
        {
            return new ChatOutcome(done.By with { IsRepeated = true });
        }

        if ((isPut ? TooManyKinds(seq, reaction) : before is null ? NoReaction(seq) : null) is { } refused)
        {
            return new ChatOutcome(refused);
        }

        var outcome = await AppendAsync(isPut ? ChatJson.React : ChatJson.Unreact, person, clientId, json =>
        {
            json.WriteNumber("target", seq);
            json.WriteString("reaction", reaction);
        });
        if (outcome.Refusal is null)
        {
            _reactions.Fold(seq, reaction, caller.Id, outcome.Stored, isPut);
        }

        return outcome;
    }

    private ChatRefusal? TooManyKinds(long seq, string reaction)
    {
        var kinds = _reactions.Of(seq, "");
        return kinds.Count < Reaction.MostKinds || kinds.Any(k => k.Reaction == reaction) ? null
            : new ChatRefusal(
                ChatProblems.TooMany, $"A message has at most {Reaction.MostKinds} different reactions.");
    }

    private static ChatRefusal NoReaction(long seq) =>
        new(ChatProblems.NoReaction, $"There is no such reaction of yours to message {seq}.");

    private void FoldReaction(StreamEvent told)
    {
        using var data = JsonDocument.Parse(told.Data);
        var root = data.RootElement;
        _reactions.Fold(
            root.GetProperty("target").GetInt64(),
            root.GetProperty("reaction").GetString()!,
            root.GetProperty("from").GetProperty("id").GetString()!,
            new StoredEvent(told.Seq, told.At, IsRepeated: false),
            told.Type == ChatJson.React);
    }
}
