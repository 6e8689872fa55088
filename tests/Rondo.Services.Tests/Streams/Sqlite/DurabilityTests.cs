using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Sqlite;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Sqlite;

/// <summary>
/// What is acknowledged is on the disk: with a process that is killed, and with its system calls. The subject is real
/// time and real files.
/// </summary>
[Collection(Alone.Name)]
public sealed partial class DurabilityTests : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(120);

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Append_ProcessKilled_EveryAcknowledgedEventIsThereOnce()
    {
        for (var round = 1; round <= 2; round++)
        {
            using (var child = StreamChild.Start(_folder.Path, senders: 16, each: 1_000_000))
            {
                await UntilAsync(() => Notes().Count > round * 300, child);
                child.Kill();
                await child.WaitForExitAsync(Cancellation).WaitAsync(Guard, Cancellation);
            }

            // Opening verifies: the file was not closed in order.
            await using var store = SqliteEventStore.Open(EventFile.PathIn(_folder.Path), TimeProvider.System);
            var events = await ReadAllAsync(store);
            Assert.Equal(Enumerable.Range(1, events.Count), events.Select(e => (int)e.Seq));
            Assert.All(Acknowledged(), a => Assert.Equal(a.Text, Text(events[a.Seq - 1])));
            Assert.Equal(Acknowledged().Count, Acknowledged().Select(a => a.Seq).Distinct().Count());
        }
    }

    [Fact]
    public async Task Append_Acknowledgement_FollowsAnFsyncThatFollowsItsWrite()
    {
        await TraceAsync(senders: 1, each: 30, "-y", "-e", "trace=pwrite64,write,fsync,fdatasync");

        var (written, synced, acknowledged) = (false, false, 0);
        foreach (var line in File.ReadLines(TraceFile))
        {
            if (line.Contains(".db-wal>, \"", StringComparison.Ordinal))
            {
                (written, synced) = (true, false);
            }
            else if (FinishedSync().IsMatch(line) || line.Contains("sync resumed>", StringComparison.Ordinal))
            {
                synced = written;
            }
            else if (line.Contains("/acknowledged>, \"", StringComparison.Ordinal) && !line.Contains("\"written", StringComparison.Ordinal))
            {
                Assert.True(written && synced, $"Acknowledged before an fsync: {line}");
                (written, synced) = (false, false);
                acknowledged++;
            }
        }

        Assert.Equal(30, acknowledged);
        Assert.Equal(30, Acknowledged().Count);
    }

    [Fact]
    public async Task Append_SlowDisk_ManyShareAnFsync()
    {
        await TraceAsync(64, 20, "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:delay_exit=10000");

        var written = Notes()[^1].Split(' ');

        Assert.Equal("written", written[0]);
        Assert.Equal(64 * 20, int.Parse(written[1], null));
        Assert.True(
            int.Parse(written[1], null) >= 4 * int.Parse(written[2], null), $"{written[1]} events in {written[2]} commits");
    }

    [Fact]
    public async Task Append_FailedFsync_AcknowledgesNothingMoreAndCloses()
    {
        await TraceAsync(
            4, 1_000_000, "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO:when=40+");

        Assert.Equal(4, Notes().Count(n => n == "failed Broken"));
        await using var store = SqliteEventStore.Open(EventFile.PathIn(_folder.Path), TimeProvider.System);
        var events = await ReadAllAsync(store);
        Assert.Equal(Enumerable.Range(1, events.Count), events.Select(e => (int)e.Seq));
        Assert.True(Acknowledged().Count > 4);
        Assert.All(Acknowledged(), a => Assert.Equal(a.Text, Text(events[a.Seq - 1])));
    }

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string TraceFile => Path.Combine(_folder.Path, "trace");

    private async Task TraceAsync(int senders, int each, params string[] options)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed; ./dev test installs it.");
        using var child = StreamChild.Start(
            _folder.Path, senders, each, ["/usr/bin/strace", "-f", "--seccomp-bpf", "-o", TraceFile, .. options]);
        var output = child.StandardOutput.ReadToEndAsync(Cancellation);
        var errors = child.StandardError.ReadToEndAsync(Cancellation);
        try
        {
            await child.WaitForExitAsync(Cancellation).WaitAsync(Guard, Cancellation);
        }
        finally
        {
            child.Kill(entireProcessTree: true);
        }

        var text = await output + await errors;
        Assert.SkipWhen(text.Contains("Operation not permitted", StringComparison.Ordinal), "strace may not trace here.");
        Assert.True(File.Exists(StreamChild.NotesIn(_folder.Path)), text);
    }

    private static async Task UntilAsync(Func<bool> isReached, Process child)
    {
        var clock = Stopwatch.StartNew();
        while (!isReached())
        {
            Assert.False(child.HasExited);
            Assert.True(clock.Elapsed < Guard);
            await Task.Delay(20, Cancellation);
        }
    }

    private static async Task<List<StreamEvent>> ReadAllAsync(IEventStore store)
    {
        var events = new List<StreamEvent>();
        while (await store.ReadAsync("a", new StreamCursor(null, events.Count), 1000, Cancellation) is { Events: { Count: > 0 } page })
        {
            events.AddRange(page);
        }

        return events;
    }

    // The last line may be half written.
    private List<string> Notes() => File.Exists(StreamChild.NotesIn(_folder.Path))
        ? [.. File.ReadAllText(StreamChild.NotesIn(_folder.Path)).Split('\n')[..^1]]
        : [];

    private List<(int Seq, string Text)> Acknowledged() =>
        [.. Notes().Where(n => char.IsDigit(n[0])).Select(n => n.Split(' ')).Select(n => (int.Parse(n[0], null), n[1]))];

    private static string Text(StreamEvent shown) => Encoding.UTF8.GetString(shown.Data.Span).Trim('"');

    [GeneratedRegex(@"f(data)?sync\([^)]*\) += 0")]
    private static partial Regex FinishedSync();
}
