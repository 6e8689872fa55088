using System.IO.Compression;
using System.Net;
using Microsoft.Net.Http.Headers;
using Rondo.Services.Currency;
using Rondo.Services.Currency.Sources;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;
using static Rondo.Services.Tests.Support.TestDocuments;

namespace Rondo.Services.Tests.Currency.Sources;

/// <summary>What every source that asks a server keeps to besides.</summary>
public abstract class HttpRateSourceContract : RateSourceContract
{
    private protected const string Secret = "s3cr3t";

    private FakeUpstream? _upstream;
    private OutboundHttp? _http;
    private IRateSource? _source;

    private protected FakeUpstream Upstream => _upstream!;

    private protected override IRateSource Source => _source!;

    private protected CurrencyOptions Options { get; } = new();

    public override async ValueTask InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _http = new OutboundHttp(Time);
        Configure(Options, _upstream.Address);
        _source = Create(_http, () => Options);
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _http!.Dispose();
        await _upstream!.DisposeAsync();
    }

    [Theory]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(204)]
    [InlineData(206)]
    public async Task Fetch_AnyOtherStatusThan200_FailsAndNamesIt(int status)
    {
        Upstream.Answer(status);

        var error = await FailsAsync();

        Assert.Equal((HttpStatusCode)status, error.StatusCode);
        Assert.Contains($"{status}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Fetch_Redirect_IsNotFollowed(int status)
    {
        Upstream.Answer(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere?key=" + Secret;
            return Task.CompletedTask;
        });

        var error = await FailsAsync();
        await Upstream.RequestAsync();
        Upstream.Serve(Document("2026-11-20", "1.22"));
        await FetchAsync();

        Assert.Contains("redirect", error.Message, StringComparison.Ordinal);
        Assert.NotEqual("/elsewhere", (await Upstream.RequestAsync()).Path);
    }

    [Fact]
    public async Task Fetch_SecondTime_AsksConditionally()
    {
        Upstream.Serve(Document("2026-11-20", "1.22"));
        await FetchAsync();
        await FetchAsync();

        var first = await Upstream.RequestAsync();
        var second = await Upstream.RequestAsync();
        Assert.Empty(first.Headers.IfNoneMatch);
        Assert.Null(first.Headers.IfModifiedSince);
        Assert.Single(second.Headers.IfNoneMatch);
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 15, 0, 0, TimeSpan.Zero), second.Headers.IfModifiedSince);
    }

    [Fact]
    public async Task Fetch_NotModified_KeepsAskingConditionally()
    {
        Upstream.Serve(Document("2026-11-20", "1.22"));
        await FetchAsync();
        await FetchAsync();
        await FetchAsync();

        await Upstream.RequestAsync();
        await Upstream.RequestAsync();
        Assert.Single((await Upstream.RequestAsync()).Headers.IfNoneMatch);
    }

    [Fact]
    public async Task Fetch_NotModifiedAtTheFirstTime_BringsNothing()
    {
        Upstream.Answer(304);

        Assert.Empty(await FetchAsync());
    }

    [Fact]
    public async Task Fetch_AnyRequest_SaysWhoAsks()
    {
        Upstream.Serve(Document("2026-11-20", "1.22"));
        await FetchAsync();

        Assert.StartsWith(
            "Rondo/",
            (await Upstream.RequestAsync()).Headers.Headers[HeaderNames.UserAgent].ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_ServerThatNeverAnswers_EndsAtTheDeadline()
    {
        Upstream.Answer(context => HangAsync(context, []));

        await EndsAtTheDeadlineAsync();
    }

    [Fact]
    public async Task Fetch_BodyThatStopsHalfway_EndsAtTheDeadline()
    {
        Upstream.Answer(context => HangAsync(context, Document("2026-11-20", "1.22")));

        await EndsAtTheDeadlineAsync();
    }

    [Fact]
    public async Task Fetch_BodyThatDripsOn_EndsAtTheDeadline()
    {
        Upstream.Answer(async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync(" ", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                Time.Advance(TimeSpan.FromSeconds(1));
            }
        });

        await Assert.ThrowsAsync<TimeoutException>(() => FetchAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fetch_SeventyMegabytes_AreRefused(bool saysSo)
    {
        Upstream.Answer(context => SendAsync(context, megabytes: 70, saysSo));

        Assert.Contains("64 MB", (await FailsAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_FewBytesThatUnpackToSeventyMegabytes_AreRefused()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(new byte[70 * 1024 * 1024], TestContext.Current.CancellationToken);
        }

        Upstream.Serve(packed.ToArray(), "gzip");

        Assert.Contains("64 MB", (await FailsAsync()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Fetch_BodyThatIsNotPackedAsItSays_Fails(string encoding)
    {
        Upstream.Serve(Document("2026-11-20", "1.22"), encoding);

        await FailsAsync();
    }

    [Fact]
    public async Task Fetch_BodyShorterThanItsLength_Fails()
    {
        Upstream.Answer(async context =>
        {
            var document = Document("2026-11-20", "1.22");
            context.Response.ContentLength = document.Length + 1;
            await context.Response.Body.WriteAsync(document);
            await context.Response.Body.FlushAsync();
            context.Abort();
        });

        Assert.True(await Assert.ThrowsAnyAsync<Exception>(() => FetchAsync()) is HttpRequestException or IOException);
    }

    [Fact]
    public async Task Fetch_ConnectionRefused_Fails()
    {
        await Upstream.DisposeAsync();

        Assert.DoesNotContain(Secret, (await FailsAsync()).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(302)]
    [InlineData(401)]
    public async Task Fetch_AddressWithSecrets_ShowsThemNowhere(int status)
    {
        Upstream.Answer(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = status == 302
                ? context.Request.Path + context.Request.QueryString.Value
                : default(string);
            return context.Response.WriteAsync("nothing of use");
        });

        var error = await Assert.ThrowsAnyAsync<Exception>(() => FetchAsync());

        Assert.True(error is HttpRequestException or RateFormatException, error.ToString());
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, Source.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_DeadlineOverAnAddressWithSecrets_ShowsThemNowhere()
    {
        Upstream.Answer(context => HangAsync(context, []));

        Assert.DoesNotContain(Secret, (await EndsAtTheDeadlineAsync()).ToString(), StringComparison.Ordinal);
    }

    private protected override Task ProvideAsync(byte[] document)
    {
        Upstream.Serve(document);
        return Task.CompletedTask;
    }

    private protected abstract IRateSource Create(OutboundHttp http, Func<CurrencyOptions> options);

    /// <summary>
    /// Points the source at <paramref name="upstream"/>, with <see cref="Secret"/> wherever an address may carry one.
    /// </summary>
    private protected abstract void Configure(CurrencyOptions options, Uri upstream);

    private protected static Uri WithPassword(Uri upstream) =>
        new UriBuilder(upstream) { UserName = "rondo", Password = Secret }.Uri;

    private async Task<HttpRequestException> FailsAsync() =>
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => FetchAsync());

    private async Task<TimeoutException> EndsAtTheDeadlineAsync()
    {
        var fetch = FetchAsync();
        await Upstream.RequestAsync();
        Time.Advance(Options.Deadline);
        return await Assert.ThrowsAsync<TimeoutException>(() => fetch);
    }

    private static async Task HangAsync(HttpContext context, byte[] begin)
    {
        await context.Response.Body.WriteAsync(begin, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await Task.Delay(Timeout.Infinite, context.RequestAborted);
    }

    private static async Task SendAsync(HttpContext context, int megabytes, bool saysSo)
    {
        context.Response.ContentLength = saysSo ? megabytes * 1024L * 1024 : null;
        var block = Utf8(new string(' ', 1024 * 1024));
        for (var sent = 0; sent < megabytes; sent++)
        {
            await context.Response.Body.WriteAsync(block, context.RequestAborted);
        }
    }
}
