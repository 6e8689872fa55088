using System.Diagnostics;

namespace ChaosProgram;

/// <summary>
/// What is done to nodes, to their database and to the network between all of them, while people talk.
/// </summary>
internal sealed class NodesTrouble(
    IReadOnlyList<ChaosNode> nodes, ThrowawayPostgres database, IReadOnlyList<ChaosClient> clients,
    ChatChecker checker, DisturbanceCounts counts, Random random)
{
    private const int ShortestPeaceMs = 500;
    private const int LongestPeaceMs = 4000;

    // Three times the lease.
    private const int LongestMs = 6000;

    private const int LookMs = 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // What is done to nodes, to the network and to the database; two of different kinds may be done at once.
    private static readonly Deeds[][] s_kinds =
    [
        [Deeds.Kill, Deeds.Pause],
        [Deeds.CutFromDatabase, Deeds.CutFromLeader, Deeds.PullWire],
        [Deeds.RestartDatabase, Deeds.FailOver, Deeds.StopStandby],
        [Deeds.CutClient],
    ];

    private readonly HashSet<string> _terms = [];

    private enum Deeds
    {
        Kill,
        Pause,
        CutFromDatabase,
        CutFromLeader,
        PullWire,
        RestartDatabase,
        FailOver,
        StopStandby,
        CutClient,
    }

    /// <summary>How many leaders were seen, one after the other.</summary>
    public int Leaders => _terms.Count;

    /// <summary>One of each first, so that there is no run without; then whatever comes.</summary>
    public async Task MakeAsync(TimeSpan duration)
    {
        var time = Stopwatch.StartNew();
        foreach (var deed in Enum.GetValues<Deeds>())
        {
            await PeaceAsync();
            await DoAsync(deed, new Random(random.Next()));
        }

        while (time.Elapsed < duration)
        {
            await PeaceAsync();
            var chosen = s_kinds.ToArray();
            random.Shuffle(chosen);
            await Task.WhenAll(chosen.Take(random.Next(1, 3))
                .Select(kind => DoAsync(kind[random.Next(kind.Length)], new Random(random.Next()))).ToList());
        }
    }

    /// <summary>Null while nobody leads.</summary>
    public async Task<ChaosNode?> LeaderAsync()
    {
        foreach (var node in nodes)
        {
            if (await node.TermAsync() is { } term)
            {
                lock (_terms)
                {
                    _terms.Add(term);
                }

                return node;
            }
        }

        return null;
    }

    private Task PeaceAsync() => Task.Delay(random.Next(ShortestPeaceMs, LongestPeaceMs));

    private static TimeSpan Length(Random dice) => TimeSpan.FromMilliseconds(dice.Next(LongestMs));

    private Task DoAsync(Deeds deed, Random dice) => deed switch
    {
        Deeds.Kill => KillAsync(dice),
        Deeds.Pause => PauseAsync(dice),
        Deeds.CutFromDatabase => CutFromDatabaseAsync(dice),
        Deeds.CutFromLeader => CutFromLeaderAsync(dice),
        Deeds.PullWire => PullWireAsync(dice),
        Deeds.RestartDatabase => RestartDatabaseAsync(dice),
        Deeds.FailOver => FailOverAsync(dice),
        Deeds.StopStandby => StopStandbyAsync(dice),
        _ => CutClientAsync(dice),
    };

    private async Task DoAsync(string what, TimeSpan length, Task deed)
    {
        var began = Stopwatch.GetTimestamp();
        await deed;
        for (var ended = Stopwatch.GetTimestamp();
            !checker.HasAcknowledged(ended) && Stopwatch.GetElapsedTime(ended) < s_patience;)
        {
            await Task.Delay(LookMs);
        }

        counts.Add(what, length, checker.LongestSilence(began));
    }

    // Mostly who leads: of the others nobody depends.
    private async Task<(ChaosNode Node, string Name)> VictimAsync(Random dice)
    {
        var leader = await LeaderAsync();
        var node = leader is not null && dice.Next(3) > 0 ? leader : nodes[dice.Next(nodes.Count)];
        return (node, node == leader ? "the leader" : "a follower");
    }

    private async Task KillAsync(Random dice)
    {
        var (node, name) = await VictimAsync(dice);
        var length = TimeSpan.FromMilliseconds(dice.Next(LongestPeaceMs));
        await DoAsync($"{name} killed", default, RunAsync());

        async Task RunAsync()
        {
            await node.KillAsync();
            await Task.Delay(length);
            await node.StartAsync();
        }
    }

    private async Task PauseAsync(Random dice)
    {
        var ((node, name), length) = (await VictimAsync(dice), Length(dice));
        await DoAsync($"{name} paused", length, RunAsync());

        async Task RunAsync()
        {
            await node.SignalAsync("STOP");
            await Task.Delay(length);
            await node.SignalAsync("CONT");
        }
    }

    private async Task CutFromDatabaseAsync(Random dice)
    {
        var ((node, name), length, kind) = (await VictimAsync(dice), Length(dice), KindOf(dice));
        await DoAsync(
            $"{name} cut off from the database, {Say(kind)}", length, CutAsync(node.ToDatabase, kind, null, length));
    }

    // From one node, or from all; who refuses, refuses all.
    private async Task CutFromLeaderAsync(Random dice)
    {
        var (leader, length, kind) = (await LeaderAsync() ?? nodes[0], Length(dice), KindOf(dice));
        var others = nodes.Where(n => n != leader).Select(n => n.Name).ToList();
        var from = kind is CutKind.Refused || dice.Next(3) == 0 ? null : others[dice.Next(others.Count)];
        await DoAsync(
            $"{(from is null ? "all followers" : "one follower")} cut off from the leader, {Say(kind)}", length,
            CutAsync([leader.FromNodes], kind, from, length));
    }

    private async Task PullWireAsync(Random dice)
    {
        var ((node, name), length, isToDatabase) = (await VictimAsync(dice), Length(dice), dice.Next(2) == 0);
        if ((isToDatabase ? node.WireToDatabase : node.WireFromNodes) is { } wire)
        {
            await DoAsync(
                $"the wire {(isToDatabase ? $"from {name} to the database" : $"from the others to {name}")} pulled",
                length, RunAsync());

            async Task RunAsync()
            {
                wire.Pull();
                await Task.Delay(length);
                wire.Plug();
            }
        }
    }

    private static async Task CutAsync(IReadOnlyList<Relay> relays, CutKind kind, string? from, TimeSpan length)
    {
        foreach (var relay in relays)
        {
            relay.Cut(new NetworkCut(kind, from));
        }

        await Task.Delay(length);
        foreach (var relay in relays)
        {
            relay.Heal();
        }
    }

    private static CutKind KindOf(Random dice) => (CutKind)dice.Next(Enum.GetValues<CutKind>().Length);

    private static string Say(CutKind kind) => kind switch
    {
        CutKind.Refused => "which refuses",
        CutKind.Silent => "which is silent",
        CutKind.NoRequests => "which hears nothing",
        _ => "whose answers are lost",
    };

    private Task RestartDatabaseAsync(Random dice)
    {
        var length = Length(dice);
        return DoAsync("the database restarted", length, database.RestartAsync(length));
    }

    private Task FailOverAsync(Random dice)
    {
        var length = Length(dice);
        return DoAsync("the primary lost, its standby promoted", length, database.FailOverAsync(length));
    }

    private Task StopStandbyAsync(Random dice)
    {
        var (length, isLosingPrimary) = (Length(dice), dice.Next(2) == 0);
        return DoAsync(
            "the standby stopped" + (isLosingPrimary ? ", the primary lost, the standby promoted" : ""), length,
            database.StopStandbyAsync(length, isLosingPrimary));
    }

    private Task CutClientAsync(Random dice)
    {
        clients[dice.Next(clients.Count)].Cut();
        return DoAsync("a client's connection cut", default, Task.CompletedTask);
    }
}
