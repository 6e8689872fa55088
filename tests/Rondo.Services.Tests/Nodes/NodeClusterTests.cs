using System.Diagnostics;
using System.Net;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Nodes;

/// <summary>
/// Three processes and a database, of which one is killed, paused or stopped while people post. The
/// subject is what happens in real time.
/// </summary>
public sealed class NodeClusterTests : IAsyncLifetime
{
    private const string Messages = "/chat/rooms/lobby/messages";
    private const int Posters = 4;
    private const int ManyPosters = 16;

    // The term of a lease, what a node takes to begin, and more for a slow machine.
    private static readonly TimeSpan Takeover = TimeSpan.FromSeconds(2 + 3 + 20);

    private NodeCluster _cluster = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cluster = await NodeCluster.StartAsync(await PostgresCluster.SharedAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [Fact]
    public async Task Leader_KilledWhilePeoplePost_AnotherLeadsAndNothingIsLost()
    {
        var before = await _cluster.LeaderAsync();
        await using var posters = Post(before);
        await posters.UntilMoreAsync(20);

        await before.SignalAsync("KILL");
        var began = Stopwatch.GetTimestamp();
        var after = await _cluster.LeaderAsync();
        var took = Stopwatch.GetElapsedTime(began);
        await posters.UntilMoreAsync(20);
        before.Start();
        Assert.Same(after, await _cluster.LeaderAsync());

        TestContext.Current.SendDiagnosticMessage($"kill -9: another leads after {took.TotalSeconds:0.00} s");
        Assert.True(took < Takeover, $"{took}\n{_cluster.Said}");
        await posters.CheckAsync();
    }

    [Fact]
    public async Task Leader_PausedForLongerThanItsLease_WritesNothingAndFollows()
    {
        var before = await _cluster.LeaderAsync();
        await using var posters = Post(before);
        using var late = new StringContent("""{"text":"late","client_id":"late"}""", null, "application/json");
        await posters.UntilMoreAsync(20);

        await before.SignalAsync("STOP");
        var after = await _cluster.LeaderAsync(besides: before);
        await posters.UntilMoreAsync(20);

        // It waits in the paused one's socket, and is there when that goes on.
        var posting = PostLateAsync();
        await before.SignalAsync("CONT");
        var answer = await posting;

        Assert.Same(after, await _cluster.LeaderAsync());
        Assert.Equal("follower", (await before.LookAsync())!.Text("role"));
        Assert.True(
            answer is null or HttpStatusCode.Created or HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway,
            $"{answer}\n{_cluster.Said}");
        await posters.UntilMoreAsync(20);
        await posters.CheckAsync();

        async Task<HttpStatusCode?> PostLateAsync()
        {
            try
            {
                using var posted = await before.Client.PostAsync(
                    new Uri(Messages, UriKind.Relative), late, Cancellation);
                return posted.StatusCode;
            }
            catch (HttpRequestException)
            {
                // It has closed all that was open.
                return null;
            }
        }
    }

    [Fact]
    public async Task Leader_AskedToEnd_GivesItsLeaseBackAtOnce()
    {
        var before = await _cluster.LeaderAsync();
        await using var posters = Post(before);
        await posters.UntilMoreAsync(20);

        var began = Stopwatch.GetTimestamp();
        await before.SignalAsync("TERM");
        Assert.Equal(0, await before.ExitAsync());
        await _cluster.LeaderAsync();
        var took = Stopwatch.GetElapsedTime(began);
        await posters.UntilMoreAsync(20);

        TestContext.Current.SendDiagnosticMessage($"SIGTERM: another leads after {took.TotalSeconds:0.00} s");
        Assert.True(took < Takeover, $"{took}\n{_cluster.Said}");
        Assert.DoesNotContain("leader n", string.Concat(posters.Lost));
        await posters.CheckAsync();
    }

    [Fact]
    public async Task Leader_AskedToEndAmongManyPosts_LosesNoneOfThem()
    {
        var before = await _cluster.LeaderAsync();
        await using var posters = Post(before, ManyPosters);
        await posters.UntilMoreAsync(200);

        await before.SignalAsync("TERM");
        Assert.Equal(0, await before.ExitAsync());
        await posters.UntilMoreAsync(200);

        Assert.True(posters.Lost.IsEmpty, string.Join('\n', posters.Lost.Append(_cluster.Said)));
        await posters.CheckAsync();
    }

    private NodePosters Post(NodeChild? notTo, int count = Posters) =>
        new([.. _cluster.Nodes.Where(n => n != notTo)], count, () => _cluster.Said);
}
