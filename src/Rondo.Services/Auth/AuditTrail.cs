using System.Collections.Concurrent;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Auth;

/// <summary>
/// Writes the stream <c>audit</c>, alone in its process, beside other processes that share the store: links what it is
/// given and appends it, and carries over what was kept with the changes of keys. Refusals are counted for some seconds
/// and told together: ten thousand wrong keys are one event.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class AuditTrail(IEventStore store, AuditOutbox outbox, TimeProvider time, ILogger<AuditTrail> logger)
    : BackgroundService
{
    private const int MostRefusals = 1000;
    private const int KeysLookedBackAt = 500;

    private static readonly TimeSpan TellRefusalsEvery = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly ConcurrentDictionary<Refusal, long> _refusals = new();
    private (string Hash, long Seq)? _head;

    /// <summary>Links and appends an entry; returns once it is durable.</summary>
    /// <exception cref="EventStoreException">It could not be made durable.</exception>
    public async Task AppendAsync(AuditEntry entry, string? token = null)
    {
        await _gate.WaitAsync();
        try
        {
            while (!await TryAppendAsync(entry, token))
            {
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Somebody was refused.</summary>
    public void Refused(string result, AuditActor by, string? about)
    {
        var refusal = new Refusal(result, by.Key, by.Address, about);
        if (_refusals.Count >= MostRefusals && !_refusals.ContainsKey(refusal))
        {
            refusal = new Refusal(result, "-", null, "others");
        }

        if (_refusals.AddOrUpdate(refusal, 1, static (_, count) => count + 1) == 1)
        {
            outbox.Wake();
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await CarryOverAsync();
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await CarryOverAsync();
        await TellRefusalsAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Task? due = null;
        var woken = outbox.Woken.WaitToReadAsync(stoppingToken).AsTask();
        while (true)
        {
            var first = due is null ? woken : await Task.WhenAny(woken, due);
            await first;
            if (first == woken)
            {
                outbox.Woken.TryRead(out _);
                var isDone = await CarryOverAsync();
                woken = outbox.Woken.WaitToReadAsync(stoppingToken).AsTask();
                due ??= isDone && _refusals.IsEmpty ? null : Task.Delay(TellRefusalsEvery, time, stoppingToken);
            }
            else
            {
                due = null;
                outbox.Wake();
                await TellRefusalsAsync();
            }
        }
    }

    /// <summary>False when it has to be tried again.</summary>
    private async Task<bool> CarryOverAsync()
    {
        try
        {
            while (outbox.Waiting() is [_, ..] waiting)
            {
                var there = await TokensAsync();
                foreach (var (id, token, entry) in waiting)
                {
                    // It is there already if the process ended between the two steps below.
                    if (!there.Contains(token))
                    {
                        await AppendAsync(entry, token);
                    }

                    outbox.Forget(id);
                }
            }

            return true;
        }
        catch (Exception error) when (error is EventStoreException or DatabaseException)
        {
            AuthLog.AuditFailed(logger, error.Message);
            return false;
        }
    }

    private async Task TellRefusalsAsync()
    {
        foreach (var refusal in _refusals.Keys)
        {
            if (!_refusals.TryRemove(refusal, out var count))
            {
                continue;
            }

            try
            {
                await AppendAsync(AuditEntry.Of(
                    "auth.refused", new AuditActor(refusal.Key, refusal.Address), refusal.About, time.GetUtcNow(),
                    refusal.Result, count));
            }
            catch (EventStoreException error)
            {
                // What may be there is not told twice.
                if (error.Failure is not EventStoreFailure.Unknown)
                {
                    _refusals.AddOrUpdate(refusal, count, (_, more) => count + more);
                }

                AuthLog.AuditFailed(logger, error.Message);
                return;
            }
        }
    }

    /// <summary>False when another process has added to the chain meanwhile: then the link is to another event.</summary>
    private async Task<bool> TryAppendAsync(AuditEntry entry, string? token)
    {
        var (head, seq) = _head ?? await ReadHeadAsync();
        var (data, hash) = AuditChain.Link(entry, head);

        // Whether a failed append is there after all, only the stream knows.
        _head = null;
        try
        {
            var stored = await store.AppendAsync(AuditChain.Stream, [new NewEvent(entry.Action, data, token)], seq);
            _head = stored[0].IsRepeated ? null : (hash, stored[0].Seq);
            return true;
        }
        catch (AppendConflictException conflict) when (conflict.Conflict is AppendConflict.ExpectedSeq)
        {
            return false;
        }
    }

    private async Task<(string Hash, long Seq)> ReadHeadAsync()
    {
        var page = await store.ReadBackAsync(AuditChain.Stream, null, 1);
        var isLinked = page.Events is [var newest] && AuditChain.ClaimedHash(newest) is not null;
        return (isLinked ? AuditChain.ClaimedHash(page.Events[0])! : AuditChain.Beginning, page.Head.Last);
    }

    private async Task<HashSet<string>> TokensAsync()
    {
        var page = await store.ReadBackAsync(AuditChain.Stream, null, KeysLookedBackAt);
        return [.. page.Events.Select(e => e.Key).OfType<string>()];
    }

    private sealed record Refusal(string Result, string Key, string? Address, string? About);
}
