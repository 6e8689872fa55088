using Rondo.Services.Streams;
using Rondo.Services.Streams.Sqlite;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Sqlite;

public sealed class SqliteEventStoreTests : EventStoreContract
{
    private readonly TestFolder _folder = new();

    private protected override Task<IEventStore> OpenAsync(TimeProvider time) =>
        Task.FromResult<IEventStore>(SqliteEventStore.Open(EventFile.PathIn(_folder.Path), time));

    private protected override Task<IEventStore> OpenOtherAsync() =>
        Task.FromResult<IEventStore>(SqliteEventStore.Open(Path.Combine(_folder.Path, "other.db"), Time));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
