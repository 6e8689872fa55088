using System.Diagnostics.Metrics;
using System.Globalization;
using Rondo.Services.Hosting;
using Rondo.Services.Streams.Http;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Streams.Sqlite;

namespace Rondo.Services.Streams;

/// <summary>Puts the event streams and the tables of a process together.</summary>
internal static class StreamService
{
    private const int LeastQuota = 64 * 1024;

    /// <param name="services">Gets the parts.</param>
    /// <param name="database">Where they are; null for files in the data folder.</param>
    /// <param name="fence">Checks that this node leads, with all that is written; null when it is alone.</param>
    public static void AddStreams(
        this IServiceCollection services, PostgresAddress? database, LeaderFence? fence = null)
    {
        if (database is null)
        {
            services.AddSingleton(provider => SqliteEventStore.Open(
                EventFile.PathIn(provider.GetRequiredService<DataFolder>().Path),
                provider.GetRequiredService<TimeProvider>(),
                mostPages: MostPages(provider.GetRequiredService<IConfiguration>())));
            services.AddStore<SqliteEventStore>();
            services.AddSingleton<Database>(provider =>
                SqliteDatabase.Open(provider.GetRequiredService<DataFolder>().DatabasePath));
        }
        else
        {
            services.AddSingleton(database);
            services.AddSingleton(provider => PostgresEventStore.Open(
                database, provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<PostgresEventStore>>(), fence));
            services.AddStore<PostgresEventStore>();
            services.AddSingleton<Database>(_ => PostgresDatabase.Open(database, fence));
        }

        services.AddSingleton<StreamFeed>();
        services.AddSingleton<StreamMetrics>();
        services.AddSingleton<IReadiness>(provider => new Readiness(provider.GetRequiredService<StoreState>()));
    }

    private static void AddStore<T>(this IServiceCollection services)
        where T : class, IEventStore, IStoreState
    {
        services.AddSingleton<IEventStore>(provider => provider.GetRequiredService<T>());
        services.AddSingleton(provider => new StoreState(provider.GetRequiredService<T>()));
    }

    private static long? MostPages(IConfiguration configuration) => configuration["Streams:MostBytes"] switch
    {
        null or "" => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            && bytes >= LeastQuota => bytes / EventFile.PageBytes,
        var text => throw new StartException(
            $"Streams:MostBytes is a number of bytes from {LeastQuota} on, not '{text}'."),
    };

    /// <summary>
    /// The store for those who only ask how it is. Asked for late and given by itself, it would be closed early: the
    /// container disposes of whatever it has handed out last first.
    /// </summary>
    internal sealed record StoreState(IStoreState Store);

    private sealed class Readiness(StoreState state) : IReadiness
    {
        public string Name => "streams";

        public bool IsReady => state.Store.IsReady;
    }
}

/// <summary>What the streams tell the platform's meters.</summary>
internal sealed class StreamMetrics : IDisposable
{
    private readonly Meter _meter = new("Rondo.Streams");

    public StreamMetrics(StreamService.StoreState state)
    {
        _meter.CreateObservableCounter(
            "rondo.streams.events", () => state.Store.Written.Events, "{event}", "Events appended");
        _meter.CreateObservableCounter(
            "rondo.streams.commits", () => state.Store.Written.Commits, "{commit}", "Transactions, each made durable at once");
    }

    public void Dispose() => _meter.Dispose();
}
