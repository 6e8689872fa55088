using System.IO.Pipelines;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;

namespace Rondo.Services.WebSockets;

/// <summary>
/// WebSockets over HTTP/2 (RFC 8441). The server offers them with each such connection, and a browser that has one uses
/// it: here an extended CONNECT is shown to everybody as the upgrade that it would have been over HTTP/1.1, so that
/// routes, handshake and gateway need not know.
/// </summary>
/// <threadsafety>As the request's.</threadsafety>
internal sealed class ConnectUpgrade(HttpContext context, IHttpExtendedConnectFeature connect)
    : IHttpUpgradeFeature, IUpgradedConnection, IDuplexPipe
{
    private const string Protocol = "websocket";
    private const int KeyBytes = 16;

    private PipeReader? _input;
    private PipeWriter? _output;
    private Func<Task<bool>>? _protocol;

    public bool IsUpgradableRequest => true;

    public IDuplexPipe Connection => this;

    public PipeReader Input => _input!;

    public PipeWriter Output => _output!;

    public static Task ShowAsync(HttpContext context, RequestDelegate next) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: Protocol } asked
            ? new ConnectUpgrade(context, asked).RunAsync(next)
            : next(context);

    public async Task<Stream> UpgradeAsync()
    {
        // Told and asked over HTTP/1.1 alone.
        context.Response.Headers.Remove("Sec-WebSocket-Accept");
        context.Response.Headers.Remove("Connection");
        context.Response.Headers.Remove("Upgrade");
        context.Response.StatusCode = StatusCodes.Status200OK;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        var stream = await connect.AcceptAsync();
        _input = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true));
        _output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        return stream;
    }

    /// <summary>Runs within the request, which is all there is of the connection.</summary>
    public void Continue(Func<Task<bool>> protocol) => _protocol = protocol;

    private async Task RunAsync(RequestDelegate next)
    {
        var request = context.Request;
        request.Method = HttpMethods.Get;
        request.Headers.Upgrade = Protocol;
        request.Headers.Connection = "Upgrade";
        request.Headers.SecWebSocketKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));
        context.Features.Set<IHttpUpgradeFeature>(this);
        context.Features.Set<IUpgradedConnection>(this);
        await next(context);
        if (_protocol is { } protocol && !await protocol())
        {
            context.Abort();
        }
    }
}
