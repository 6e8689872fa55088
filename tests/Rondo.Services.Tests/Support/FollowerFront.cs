using System.Security.Cryptography;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Tls;
using Rondo.Services.Nodes;
using Rondo.Services.Streams.Postgres;

namespace Rondo.Services.Tests.Support;

/// <summary>
/// A follower before a server of this process that it takes for the leader, without a database and its lease.
/// </summary>
internal sealed class FollowerFront : IAsyncDisposable
{
    // Nobody asks it.
    private static readonly PostgresAddress s_database = PostgresAddress.Parse("Host=127.0.0.1;Port=1", "the test");

    private readonly ServerOptions _options;
    private readonly DataFolder _folder;

    /// <param name="options">Of the leader, and of the follower, which listens elsewhere.</param>
    /// <param name="hold">How long requests wait for a leader.</param>
    /// <param name="secret">The follower's, if it has another one than the leader.</param>
    /// <param name="lease">How long a node leads without being heard of.</param>
    public FollowerFront(ServerOptions options, TimeSpan? hold = null, byte[]? secret = null, TimeSpan? lease = null)
    {
        _options = options;
        _folder = DataFolder.Open(options.DataFolder!);
        var settings = new NodeOptions(
            "leader", null, lease ?? TimeSpan.FromSeconds(5), hold ?? TimeSpan.FromSeconds(20), ShowNode: false);
        var key = RandomNumberGenerator.GetBytes(32);
        Leader = new RondoServer.NodeServer(_folder, Parts(settings, key), Door());
        Follower = Parts(settings with { Name = "follower" }, secret ?? key);
    }

    /// <summary>What the leader is built with.</summary>
    public RondoServer.NodeServer Leader { get; }

    public NodeParts Follower { get; }

    public WebApplication App { get; private set; } = null!;

    /// <param name="leader">The leader, which listens; null while there is none.</param>
    public async Task StartAsync(WebApplication? leader)
    {
        App = RondoServer.BuildFollower(_options, _folder, Door(), _ => Follower);
        await RondoServer.StartAsync(App);
        Follower.State.Address = new Uri(App.Addresses()[0]);
        if (leader is not null)
        {
            Lead(leader);
        }
    }

    public void Lead(WebApplication leader)
    {
        var certificate = leader.Services.GetService<ServerCertificates>()?.Current.TargetCertificate;
        var state = Leader.Parts.State;
        state.Address = new Uri(leader.Addresses()[0]);
        state.Lead();
        Follower.Notes.Leader = new LeaderNote(
            state.Holder, 1, null, certificate is null ? null : LeaderCertificate.Fingerprint(certificate));
        Follower.State.Follow(state.Holder, state.Address);
    }

    public async Task StopAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await App.StopAsync(now.Token);
    }

    public async ValueTask DisposeAsync()
    {
        // Null where nobody started the follower.
        if (App is not null)
        {
            await App.DisposeAsync();
        }

        foreach (var parts in new[] { Leader.Parts, Follower })
        {
            parts.State.Dispose();
            await parts.Notes.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static NodeParts Parts(NodeOptions options, byte[] secret) => new(
        options, new NodeState(options.Name), new NodeNotes(s_database),
        new NodeProof(TimeProvider.System) { Secret = secret });

    private static ServerDoor Door() => new(() => Task.CompletedTask);
}
