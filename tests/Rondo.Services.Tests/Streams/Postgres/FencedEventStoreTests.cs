using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Postgres;

/// <summary>The contract on PostgreSQL for the node that leads.</summary>
public sealed class FencedEventStoreTests : EventStoreContract
{
    private readonly string _schema = PostgresCluster.NewSchema();

    private protected override Task<IEventStore> OpenAsync(TimeProvider time) => OpenAsync(_schema, time);

    private protected override Task<IEventStore> OpenOtherAsync() => OpenAsync(PostgresCluster.NewSchema(), Time);

    private static async Task<IEventStore> OpenAsync(string schema, TimeProvider time)
    {
        var address = PostgresAddress.Parse((await PostgresCluster.SharedAsync()).AddressOf(schema), "test");
        LeaderFence fence;
        await using (var lease = LeaderLease.Open(
            address, new LeaderCandidate("here", "http://here"), LeaderLease.DefaultTerm, TimeProvider.System,
            NullLogger.Instance))
        {
            // It goes on to count when it is given back, until another has taken it.
            fence = await lease.TakeAsync(TestContext.Current.CancellationToken);
        }

        return PostgresEventStore.Open(address, time, NullLogger.Instance, fence);
    }

    public override ValueTask DisposeAsync() => Store is null ? default : base.DisposeAsync();
}
