using System.Net;
using System.Net.Security;

namespace Rondo.Services.Nodes;

/// <summary>Asks whether the leader is ready, when somebody asks whether this follower is.</summary>
internal sealed class LeaderProbe : IDisposable
{
    private const string Path = "/readyz";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    private readonly NodeState _state;
    private readonly NodeProof _proof;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _client;

    public LeaderProbe(NodeState state, NodeProof proof, LeaderCertificate certificate, TimeProvider time)
    {
        (_state, _proof, _time) = (state, proof, time);
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            PooledConnectionIdleTimeout = s_limit,
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = certificate.Trusts,
            },
            UseCookies = false,
            UseProxy = false,
        });
    }

    /// <summary>Null when it is; else why not.</summary>
    public async Task<string?> AskAsync(CancellationToken cancellation)
    {
        if (_state.Leader is not { } leader)
        {
            return _state.Role is NodeRole.Starting ? "this node is about to lead" : "nobody leads";
        }

        using var late = new CancellationTokenSource(s_limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, leader.Gone, cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(leader.Address, Path));
        var peer = new FollowedPeer(IPAddress.None, 0, leader.Address.Scheme);
        request.Headers.Add(
            NodeProof.Field, _proof.Write(_state.Name, peer, "GET", Path, HostOf(leader.Address)));
        try
        {
            using var answer = await _client.SendAsync(request, either.Token);
            return answer.IsSuccessStatusCode ? null : $"the leader {leader.Name} is not";
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return $"the leader {leader.Name} does not answer at {leader.Address.Authority}";
        }
    }

    public void Dispose() => _client.Dispose();

    // As the platform's client writes it.
    private static string HostOf(Uri address) => address.Authority;
}
