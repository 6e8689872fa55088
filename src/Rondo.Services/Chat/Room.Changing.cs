using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

// What people change and take back.
internal sealed partial class Room
{
    private Task _changed = Task.CompletedTask;

    /// <summary>Changes what one has said oneself, for a while.</summary>
    public Task<ChatOutcome> EditAsync(Caller caller, long seq, string text, string? clientId) =>
        InTurnAsync(() => EditNowAsync(caller, seq, text, clientId));

    /// <summary>Takes back what one has said, as a moderator what anybody has. Returns once the text is gone.</summary>
    public Task<ChatOutcome> DeleteAsync(Caller caller, long seq, string? clientId) =>
        InTurnAsync(() => DeleteNowAsync(caller, seq, clientId));

    private async Task<ChatOutcome> EditNowAsync(Caller caller, long seq, string text, string? clientId)
    {
        var (person, refusal) = PersonOf(caller);
        refusal = Banned(caller) ?? refusal ?? CheckText(text) ?? MayPost(caller) ?? _parts.Limits.Take(caller);
        if (refusal is not null)
        {
            return new ChatOutcome(refusal);
        }

        var (message, missing) = await FindAsync(seq);
        refusal = missing
            ?? (AuthorOf(message!) != caller.Id
                ? new ChatRefusal(ChatProblems.NotAllowed, "Only who has said it can change it.")
                : Now - message!.At > _parts.Options().EditTime
                    ? new ChatRefusal(ChatProblems.EditConflict, "It was said too long ago to be changed.")
                    : null);
        if (refusal is not null)
        {
            return new ChatOutcome(refusal);
        }

        var outcome = await AppendAsync(ChatJson.Edit, person, clientId, json =>
        {
            json.WriteNumber("target", seq);
            json.WriteString("text", text);
        });
        if (outcome.Refusal is null)
        {
            Edited(seq, outcome.Stored.Seq);
        }

        return outcome;
    }

    private async Task<ChatOutcome> DeleteNowAsync(Caller caller, long seq, string? clientId)
    {
        var (person, _) = PersonOf(caller);
        var (message, refusal) = Banned(caller) is { } banned ? (null, banned) : await FindAsync(seq);
        if (refusal?.Type == ChatProblems.EditConflict && await FindDeletionAsync(caller.Id, seq) is { } before)
        {
            // Who has not heard of it asks again; that its text is gone may have been what failed.
            return await EraseAsync([seq]) is { } failed ? new ChatOutcome(failed) : new ChatOutcome(before);
        }

        if (refusal is null && AuthorOf(message!) != caller.Id && person.Role < ChatRole.Mod)
        {
            refusal = new ChatRefusal(ChatProblems.NotAllowed, "Only who has said it and moderators can delete it.");
        }

        if (refusal is not null)
        {
            return new ChatOutcome(refusal);
        }

        var isOwn = AuthorOf(message!) == caller.Id;
        var outcome = await AppendAsync(
            ChatJson.Delete, person, clientId, json => json.WriteNumber("target", seq));
        if (outcome.Refusal is not null)
        {
            return outcome;
        }

        refusal = await EraseAsync([seq])
            ?? (isOwn ? null : await AuditAsync(person, "delete", AuthorOf(message!), null));
        return refusal is null ? outcome : new ChatOutcome(refusal);
    }

    private Task<StoredEvent?> FindDeletionAsync(string by, long seq) => FindRecentAsync(
        e => e.Type == ChatJson.Delete && AuthorOf(e) == by && TargetsOf(e).Contains(seq), after: seq);

    // A change looks at what is there before it appends: side by side, an edit could land behind the deletion of its
    // message, and its text would stay.
    private async Task<T> InTurnAsync<T>(Func<Task<T>> change)
    {
        var before = _changed;
        var done = new TaskCompletionSource();
        _changed = done.Task;
        await before;
        try
        {
            return await change();
        }
        finally
        {
            done.SetResult();
        }
    }
}
