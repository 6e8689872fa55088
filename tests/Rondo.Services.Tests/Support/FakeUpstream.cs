using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Rondo.Services.Tests.Support;

/// <summary>
/// Somebody else's server, on a free port of this machine: serves one document at every address, or does whatever a
/// test makes it do.
/// </summary>
internal sealed class FakeUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<SeenRequest> _requests = Channel.CreateUnbounded<SeenRequest>();
    private RequestDelegate _answer = context => Task.CompletedTask;

    private FakeUpstream(WebApplication app)
    {
        _app = app;
        app.Run(context =>
        {
            var request = context.Request;
            var headers = new RequestHeaders(new HeaderDictionary(request.Headers.ToDictionary()));
            _requests.Writer.TryWrite(new SeenRequest(request.Path, request.QueryString.Value ?? "", headers));
            return _answer(context);
        });
    }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>()
        .Features.Get<IServerAddressesFeature>()!
        .Addresses.First());

    public static async Task<FakeUpstream> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var upstream = new FakeUpstream(builder.Build());
        await upstream._app.StartAsync();
        return upstream;
    }

    /// <summary>The next request that nobody has looked at yet.</summary>
    public async Task<SeenRequest> RequestAsync() =>
        await _requests.Reader.ReadAsync(TestContext.Current.CancellationToken)
            .AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public void Answer(RequestDelegate answer) => _answer = answer;

    public void Answer(int status) => _answer = context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    /// <summary>Serves <paramref name="document"/>, and answers 304 to whoever says that they have it.</summary>
    public void Serve(byte[] document, string? contentEncoding = null)
    {
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexString(SHA256.HashData(document))}\"");
        _answer = context =>
        {
            var response = context.Response;
            response.Headers.ETag = tag.ToString();
            response.Headers.LastModified = "Fri, 20 Nov 2026 15:00:00 GMT";
            if (context.Request.Headers.IfNoneMatch == tag.ToString())
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            response.Headers.ContentEncoding = contentEncoding;
            response.ContentLength = document.Length;
            return response.Body.WriteAsync(document, context.RequestAborted).AsTask();
        };
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    internal sealed record SeenRequest(string Path, string Query, RequestHeaders Headers);
}
