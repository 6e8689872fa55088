using System.Diagnostics.Metrics;
using System.Globalization;
using Rondo.Services.Hosting;
using Rondo.Services.Streams.Http;
using Rondo.Services.Streams.Sqlite;

namespace Rondo.Services.Streams;

/// <summary>Puts the event streams of a process together.</summary>
internal static class StreamService
{
    private const int LeastQuota = 64 * 1024;

    public static void AddStreams(this IServiceCollection services)
    {
        services.AddSingleton(provider => SqliteEventStore.Open(
            EventFile.PathIn(provider.GetRequiredService<DataFolder>().Path),
            provider.GetRequiredService<TimeProvider>(),
            mostPages: MostPages(provider.GetRequiredService<IConfiguration>())));
        services.AddSingleton<IEventStore>(provider => provider.GetRequiredService<SqliteEventStore>());
        services.AddSingleton<StreamFeed>();
        services.AddSingleton<StreamMetrics>();
        services.AddSingleton<IReadiness>(provider => new Readiness(provider.GetRequiredService<SqliteEventStore>()));
    }

    private static long? MostPages(IConfiguration configuration) => configuration["Streams:MostBytes"] switch
    {
        null or "" => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            && bytes >= LeastQuota => bytes / EventFile.PageBytes,
        var text => throw new StartException(
            $"Streams:MostBytes is a number of bytes from {LeastQuota} on, not '{text}'."),
    };

    private sealed class Readiness(SqliteEventStore store) : IReadiness
    {
        public string Name => "streams";

        public bool IsReady => store.Closed is null;
    }
}

/// <summary>What the streams tell the platform's meters.</summary>
internal sealed class StreamMetrics : IDisposable
{
    private readonly Meter _meter = new("Rondo.Streams");

    public StreamMetrics(SqliteEventStore store)
    {
        _meter.CreateObservableCounter(
            "rondo.streams.events", () => store.Written.Events, "{event}", "Events appended");
        _meter.CreateObservableCounter(
            "rondo.streams.commits", () => store.Written.Commits, "{commit}", "Transactions, each made durable at once");
    }

    public void Dispose() => _meter.Dispose();
}
