using System.Diagnostics;
using System.Globalization;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Sqlite;

namespace Rondo.Services.Tests.Streams.Sqlite;

/// <summary>
/// A process of its own that appends to a store and notes what was acknowledged, one line each, in a file beside it:
/// to be killed, and to be watched by strace.
/// </summary>
public sealed class StreamChild
{
    private const string FolderVariable = "RONDO_TEST_STREAMS";
    private const string SendersVariable = "RONDO_TEST_SENDERS";
    private const string EachVariable = "RONDO_TEST_EACH";

    private static string Method => $"{typeof(StreamChild).FullName}.{nameof(Append)}";

    /// <summary>Starts it, below <paramref name="wrapper"/> if there is one.</summary>
    internal static Process Start(string folder, int senders, int each, params string[] wrapper)
    {
        string[] line =
        [
            .. wrapper, "dotnet", typeof(StreamChild).Assembly.Location, "-noLogo", "-noColor", "-explicit", "on",
            "-method", Method,
        ];
        return Process.Start(new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                [FolderVariable] = folder,
                [SendersVariable] = senders.ToString(CultureInfo.InvariantCulture),
                [EachVariable] = each.ToString(CultureInfo.InvariantCulture),
            },
        })!;
    }

    internal static string NotesIn(string folder) => Path.Combine(folder, "acknowledged");

    [Fact(Explicit = true)]
    public async Task Append()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable)!;
        var each = int.Parse(Environment.GetEnvironmentVariable(EachVariable)!, null);
        using var notes = new FileStream(
            NotesIn(folder), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        await using var store = SqliteEventStore.Open(EventFile.PathIn(folder), TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, int.Parse(Environment.GetEnvironmentVariable(SendersVariable)!, null))
            .Select(SendAsync));
        Note($"written {store.Written.Events} {store.Written.Commits}");

        async Task SendAsync(int sender)
        {
            for (var i = 0; i < each; i++)
            {
                var text = $"{sender}.{i}";
                try
                {
                    var stored = await store.AppendAsync(
                        "a", [new NewEvent("t", System.Text.Encoding.UTF8.GetBytes($"\"{text}\""))]);
                    Note($"{stored[0].Seq} {text}");
                }
                catch (EventStoreException error)
                {
                    Note($"failed {error.Failure}");
                    return;
                }
            }
        }

        void Note(string line)
        {
            lock (notes)
            {
                notes.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
            }
        }
    }
}
