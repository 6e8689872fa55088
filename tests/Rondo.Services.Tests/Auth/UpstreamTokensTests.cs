using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Rondo.Services.Auth;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Auth;

public sealed class UpstreamTokensTests
{
    [Fact]
    public async Task Token_VerifiedByThePublishedKey_SaysWhoForAMinute()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await TestServer.StartAsync(time: time);
        var (_, key) = server.Services.GetRequiredService<KeyStore>().Add(
            new KeySettings("k", "Ann", ScopeSet.Stored(["weather:read"])), AuditActor.Terminal);

        var parts = server.Services.GetRequiredService<UpstreamTokens>().Mint(key, "weather").Split('.');
        var (_, keys) = await server.GetAsync("/auth/.well-known/jwks.json");

        var (header, claims, published) = (Json(parts[0]), Json(parts[1]), JsonNode.Parse(keys)!["keys"]![0]!);
        using var verifier = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(published.Text("x")), Y = Base64Url.DecodeFromChars(published.Text("y")) },
        });
        Assert.True(verifier.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256));
        Assert.Equal(("ES256", published.Text("kid")), (header.Text("alg"), header.Text("kid")));
        Assert.Equal(("Ann", "weather", "weather:read"), (claims.Text("sub"), claims.Text("aud"), claims.Text("scope")));
        Assert.Equal(60, claims["exp"]!.GetValue<long>() - claims["iat"]!.GetValue<long>());
        Assert.Equal(time.GetUtcNow().ToUnixTimeSeconds(), claims["iat"]!.GetValue<long>());
        Assert.Null(published["d"]);
    }

    private static JsonNode Json(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part))!;
}
