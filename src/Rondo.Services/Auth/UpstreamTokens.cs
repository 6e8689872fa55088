using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Auth;

/// <summary>
/// Tokens that tell a service behind the gateway whose request it gets: JWTs (RFC 7519) signed with ES256, good for a
/// minute. The public key is published as a key set (RFC 7517); the private one is kept with the keys, so that every node signs with it.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class UpstreamTokens : IDisposable
{
    private const string FileName = "auth.signing.pem";

    private readonly Lock _gate = new();
    private readonly ECDsa _key;
    private readonly TimeProvider _time;
    private readonly string _id;

    private UpstreamTokens(ECDsa key, TimeProvider time)
    {
        (_key, _time) = (key, time);
        var point = key.ExportParameters(false).Q;

        var place = $"\"x\":\"{Encode(point.X!)}\",\"y\":\"{Encode(point.Y!)}\"";

        // RFC 7638: the same key has the same name everywhere.
        _id = Encode(SHA256.HashData(Encoding.ASCII.GetBytes("{\"crv\":\"P-256\",\"kty\":\"EC\"," + place + "}")));
        KeySet = Encoding.ASCII.GetBytes(
            "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"use\":\"sig\","
                + $"\"kid\":\"{_id}\",{place}" + "}]}");
    }

    public static TimeSpan Life { get; } = TimeSpan.FromSeconds(60);

    /// <summary>The public key as JSON.</summary>
    public byte[] KeySet { get; }

    /// <exception cref="StartException">What is kept cannot be read or is no such key.</exception>
    public static UpstreamTokens Open(Database database, TimeProvider time)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var place = "";
        try
        {
            (var kept, place) = database.Keep(
                FileName, () => Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
            key.ImportFromPem(Encoding.ASCII.GetString(kept));
            return new UpstreamTokens(key, time);
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new StartException($"{place} cannot be used: {error.Message} Take it away to have a new key made.");
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>A token about a key, for one service.</summary>
    public string Mint(StoredKey key, string audience)
    {
        var now = _time.GetUtcNow();
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, StreamJson.Readable))
        {
            json.WriteStartObject();
            json.WriteString("iss", "rondo");
            json.WriteString("sub", key.Subject);
            json.WriteString("aud", audience);
            json.WriteString("client_id", key.Id);
            json.WriteString("scope", string.Join(' ', key.Settings.Scopes.Texts));
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", (now + Life).ToUnixTimeSeconds());
            json.WriteString("jti", Guid.NewGuid().ToString("N"));
            json.WriteEndObject();
        }

        var header = Encoding.ASCII.GetBytes($$"""{"alg":"ES256","typ":"JWT","kid":"{{_id}}"}""");
        var signed = $"{Encode(header)}.{Encode(buffer.ToArray())}";
        using var scope = _gate.EnterScope();
        return $"{signed}.{Encode(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    public void Dispose() => _key.Dispose();

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
