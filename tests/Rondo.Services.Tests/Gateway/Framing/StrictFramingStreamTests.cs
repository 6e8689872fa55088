using System.Globalization;
using Rondo.Services.Gateway.Framing;

namespace Rondo.Services.Tests.Gateway.Framing;

/// <summary>
/// The check and the server agree where each request ends, whatever is sent and however it is cut. <c>./dev framing</c>
/// sends a million streams.
/// </summary>
public sealed class StrictFramingStreamTests
{
    private const int Seed = 20261122;
    private const int FewStreams = 5_000;
    private const int MostShown = 3;
    private const string Streams = "RONDO_FRAMING_STREAMS";
    private const string FirstSeed = "RONDO_FRAMING_SEED";

    [Fact]
    public async Task MutatedStreams_BehindTheCheck_AreSeenAsBelieved()
    {
        await using var comparison = await StreamComparison.StartAsync(isChecked: true);

        Assert.Empty(await DisagreementsAsync(comparison, FewStreams, Seed));

        // The streams are neither all good nor all bad in the same way.
        Assert.InRange(comparison.Whole, FewStreams / 2, FewStreams * 4);
        Assert.Equal(
            Enum.GetValues<FramingDoubt>().Except([FramingDoubt.Disagreement]), comparison.Doubts.Order());
    }

    /// <summary>The comparison can fail: the server alone takes for a request what the check does not.</summary>
    [Fact]
    public async Task MutatedStreams_WithoutTheCheck_AreSeenOtherwise()
    {
        await using var comparison = await StreamComparison.StartAsync(isChecked: false);

        Assert.Equal(MostShown, (await DisagreementsAsync(comparison, FewStreams, Seed)).Count);
    }

    [Fact(Explicit = true)]
    public async Task RunManyStreams()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable(Streams) ?? "1000000", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable(FirstSeed) ?? "1", CultureInfo.InvariantCulture);

        await using var comparison = await StreamComparison.StartAsync(isChecked: true);

        var wrong = await DisagreementsAsync(comparison, count, seed);

        Assert.True(wrong.Count == 0, $"Seed {seed}: {string.Join("\n\n", wrong)}");
        await Console.Out.WriteLineAsync(
            $"{count} streams from seed {seed}, {comparison.Whole} whole requests: application and check agree");
    }

    private static async Task<List<string>> DisagreementsAsync(StreamComparison comparison, int count, int seed)
    {
        var streams = new MutatedStreams(seed);
        var wrong = new List<string>();
        for (var sent = 0; sent < count && wrong.Count < MostShown; sent++)
        {
            var stream = streams.Next();
            if (await comparison.CompareAsync(stream, streams.Cuts(stream.Length)) is { } disagreement)
            {
                wrong.Add(disagreement);
            }
        }

        return wrong;
    }
}
