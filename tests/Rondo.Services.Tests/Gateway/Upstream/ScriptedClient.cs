using System.Text;
using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <summary>The platform's client, over a stream that answers with given bytes and ends.</summary>
internal sealed class ScriptedClient : IDisposable
{
    private readonly HttpMessageInvoker _client;
    private byte[] _answer = [];

    public ScriptedClient() => _client = new HttpMessageInvoker(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectCallback = (_, _) => new(new Answered(_answer)),
        PooledConnectionLifetime = TimeSpan.Zero,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        UseCookies = false,
        UseProxy = false,
    });

    /// <summary>
    /// Status, body and fields as <see cref="AnswerReader.Describe"/> writes them; null if it refuses.
    /// </summary>
    public async Task<string?> ReadAsync(string answer)
    {
        _answer = Encoding.Latin1.GetBytes(answer);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://upstream/");
            using var response = await _client.SendAsync(request, CancellationToken.None);
            var body = Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync());
            var fields = from field in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
                         let kind = KnownFields.Find(Encoding.Latin1.GetBytes(field.Key))?.Kind ?? FieldKind.EndToEnd
                         where kind == FieldKind.EndToEnd
                         from value in field.Value
                         select (field.Key, value);
            return AnswerReader.Describe((int)response.StatusCode, body, fields);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();

    private sealed class Answered(byte[] answer) : MemoryStream(answer, writable: false)
    {
        public override bool CanWrite => true;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            Task.CompletedTask;

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

        public override void Flush()
        {
        }
    }
}
