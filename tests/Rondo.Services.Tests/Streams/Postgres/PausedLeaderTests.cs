using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Postgres;

/// <summary>A leading process that is paused for longer than its lease. The subject is a real one, in real time.</summary>
public sealed class PausedLeaderTests : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly string _schema = PostgresCluster.NewSchema();
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Append_ProcessWasPausedForLongerThanItsLease_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It has no signals.");
        var cluster = await PostgresCluster.SharedAsync();
        var (address, notes) = (cluster.AddressOf(_schema), _folder.Write("notes", ""));
        using var child = LeaderChild.Start(address, TimeSpan.FromSeconds(2), notes);
        try
        {
            await UntilAsync(() => Notes(notes).Count > 20);
            Signal("STOP", child);

            // The pause may have come inside a transaction, which the database ends.
            var here = PostgresAddress.Parse(address, "test");
            await using var lease = LeaderLease.Open(
                here, new LeaderCandidate("here", "http://here"), LeaderLease.DefaultTerm, TimeProvider.System,
                NullLogger.Instance);
            var fence = await lease.TakeAsync(Cancellation).WaitAsync(Guard, Cancellation);
            await using var store = PostgresEventStore.Open(here, TimeProvider.System, NullLogger.Instance, fence);
            var first = await store.AppendAsync("a", [Text("here 1")], cancellation: Cancellation);
            Signal("CONT", child);
            await UntilAsync(() => Notes(notes).Any(n => n.StartsWith(LeaderChild.Ended, StringComparison.Ordinal)));
            var second = await store.AppendAsync("a", [Text("here 2")], cancellation: Cancellation);

            Assert.Equal(first[0].Seq + 1, second[0].Seq);
            var kept = await ReadAllAsync(store);
            Assert.All(
                Notes(notes).Where(n => n.StartsWith(LeaderChild.Acknowledged, StringComparison.Ordinal)),
                n => Assert.Single(kept, $"\"{n[(LeaderChild.Acknowledged.Length + 1)..]}\""));
            Assert.Contains($"{LeaderChild.Failed} {EventStoreFailure.NotLeader}", Notes(notes));
            Assert.Equal($"{LeaderChild.Ended} False True", Notes(notes)[^1]);
        }
        finally
        {
            child.Kill();
            await child.WaitForExitAsync(CancellationToken.None);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static NewEvent Text(string text) => new("t", Encoding.UTF8.GetBytes($"\"{text}\""));

    // A line that is not whole is not there yet.
    private static List<string> Notes(string file)
    {
        using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var text = new StreamReader(open);
        return [.. text.ReadToEnd().Split('\n')[..^1]];
    }

    private static void Signal(string name, Process process)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private static async Task<List<string>> ReadAllAsync(PostgresEventStore store)
    {
        var texts = new List<string>();
        while (await store.ReadAsync("a", new StreamCursor(null, texts.Count), 1000, Cancellation)
            is { Events: { Count: > 0 } page })
        {
            texts.AddRange(page.Select(e => Encoding.UTF8.GetString(e.Data.Span)));
        }

        return texts;
    }

    private static async Task UntilAsync(Func<bool> isReached)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!isReached())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Guard);
            await Task.Delay(20, Cancellation);
        }
    }
}
