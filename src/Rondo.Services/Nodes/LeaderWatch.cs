namespace Rondo.Services.Nodes;

/// <summary>
/// Gives up what waits for a leader that has its lease and answers nothing here, as when packets between the two nodes
/// vanish. It is asked again all the same: the lease alone says who leads.
/// </summary>
internal sealed class LeaderWatch(
    NodeState state, LeaderProbe probe, NodeOptions options, TimeProvider time, ILogger<LeaderWatch> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await WatchAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host takes it for a failure where it was not told to stop.
        }
    }

    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Lease / 2, time);
        KnownLeader? leader = null;
        var heard = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var known = state.Leader;
            if (!ReferenceEquals(known, leader))
            {
                (leader, heard) = (known, time.GetTimestamp());
            }

            if (leader is null)
            {
                continue;
            }

            if (await probe.IsAliveAsync(leader, stoppingToken))
            {
                heard = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(heard) is var silence && silence >= 2 * options.Lease)
            {
                NodesLog.LeaderSilent(logger, leader.Name, silence.TotalSeconds);
                state.GiveUp(leader);
            }
        }
    }
}
