using System.Net;
using System.Net.Security;

namespace Rondo.Services.Nodes;

/// <summary>Asks the leader by itself, for no client.</summary>
internal sealed class LeaderProbe : IDisposable
{
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

    /// <summary>Null when the leader is ready; else why this node is not.</summary>
    public async Task<string?> AskAsync(CancellationToken cancellation)
    {
        if (_state.Leader is not { } leader)
        {
            return _state.Role is NodeRole.Starting ? "this node is about to lead" : "nobody leads";
        }

        using var answer = await AskAsync(leader, "/readyz", cancellation);
        return answer is null ? $"the leader {leader.Name} does not answer at {leader.Address.Authority}"
            : answer.IsSuccessStatusCode ? null
            : $"the leader {leader.Name} is not";
    }

    /// <summary>Whether it answers at all.</summary>
    public async Task<bool> IsAliveAsync(KnownLeader leader, CancellationToken cancellation)
    {
        using var answer = await AskAsync(leader, "/healthz", cancellation);
        return answer is not null;
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage?> AskAsync(KnownLeader leader, string path, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(s_limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, leader.Gone, cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(leader.Address, path));
        var peer = new FollowedPeer(IPAddress.None, 0, leader.Address.Scheme);
        request.Headers.Add(NodeProof.Field, _proof.Write(_state.Name, peer, "GET", path, HostOf(leader.Address)));
        try
        {
            return await _client.SendAsync(request, either.Token);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    // As the platform's client writes it.
    private static string HostOf(Uri address) => address.Authority;
}
