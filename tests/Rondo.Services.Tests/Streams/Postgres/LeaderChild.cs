using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;

namespace Rondo.Services.Tests.Streams.Postgres;

/// <summary>
/// A process of its own that takes the lease and appends without a pause whatever it is told of the lease, one line each
/// of what came of it in its output: to be paused.
/// </summary>
public sealed class LeaderChild
{
    public const string Acknowledged = "acknowledged";
    public const string Failed = "failed";
    public const string Ended = "ended";

    private const string AddressVariable = "RONDO_TEST_LEADER";
    private const string TermVariable = "RONDO_TEST_TERM";
    private const string NotesVariable = "RONDO_TEST_NOTES";

    private static string Method => $"{typeof(LeaderChild).FullName}.{nameof(Append)}";

    internal static Process Start(string address, TimeSpan term, string notes) => Process.Start(new ProcessStartInfo(
        "dotnet",
        [typeof(LeaderChild).Assembly.Location, "-noLogo", "-noColor", "-explicit", "on", "-method", Method])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment =
        {
            [AddressVariable] = address,
            [TermVariable] = term.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            [NotesVariable] = notes,
        },
    })!;

    [Fact(Explicit = true)]
    public async Task Append()
    {
        var address = PostgresAddress.Parse(Environment.GetEnvironmentVariable(AddressVariable)!, "test");
        var term = TimeSpan.FromSeconds(
            double.Parse(Environment.GetEnvironmentVariable(TermVariable)!, CultureInfo.InvariantCulture));
        await using var notes = new FileStream(
            Environment.GetEnvironmentVariable(NotesVariable)!, FileMode.Append, FileAccess.Write, FileShare.ReadWrite,
            bufferSize: 0);
        await using var lease = LeaderLease.Open(
            address, new LeaderCandidate("child", "http://child"), term, TimeProvider.System, NullLogger.Instance);
        var fence = await lease.TakeAsync(TestContext.Current.CancellationToken);
        await using var store = PostgresEventStore.Open(address, TimeProvider.System, NullLogger.Instance, fence);
        for (var i = 0; ; i++)
        {
            try
            {
                await store.AppendAsync(
                    "a", [new NewEvent("t", Encoding.UTF8.GetBytes($"\"child {i}\""))],
                    cancellation: TestContext.Current.CancellationToken);
                Note($"{Acknowledged} child {i}");
            }
            catch (EventStoreException error)
            {
                Note($"{Failed} {error.Failure}");
                if (error.Failure is EventStoreFailure.NotLeader)
                {
                    break;
                }
            }
        }

        Note($"{Ended} {lease.IsHeld} {lease.Lost.IsCancellationRequested}");

        void Note(string line) => notes.Write(Encoding.UTF8.GetBytes(line + "\n"));
    }
}
