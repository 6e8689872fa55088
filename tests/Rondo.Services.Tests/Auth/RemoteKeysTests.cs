using System.Net;
using Microsoft.Extensions.Logging;
using Rondo.Services.Auth;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Auth;

/// <summary>What is asked of an auth service and for how long an answer counts; the service is one of the test's.</summary>
public sealed class RemoteKeysTests : IAsyncLifetime
{
    private const string Accepted =
        """
        {"outcome":"accepted","key":{"id":"aaaaaaaa","prefix":"aaaaaaaa","name":"reader","owner":"","scopes":["weather:read"],
        "created_at":"2026-11-20T18:00:00Z","expires_at":null}}
        """;

    private readonly ManualTime _time = new(TestServer.Friday);
    private readonly LogCapture _logs = new();
    private readonly string _key = ApiKey.Create().Text;
    private FakeUpstream _auth = null!;
    private RemoteKeys _keys = null!;
    private int _asked;
    private string _answer = Accepted;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _auth = await FakeUpstream.StartAsync();
        _auth.Answer(async context =>
        {
            Interlocked.Increment(ref _asked);
            await context.Response.WriteAsync(_answer);
        });
        var factory = LoggerFactory.Create(logging => logging.AddProvider(_logs));
        _keys = new RemoteKeys(
            new AuthServer(new HttpClient(new At(_auth.Address))), _time, factory.CreateLogger<RemoteKeys>());
    }

    public async ValueTask DisposeAsync()
    {
        _keys.Dispose();
        await _auth.DisposeAsync();
        _logs.Dispose();
    }

    [Fact]
    public async Task Check_TheSameByManyAtOnce_IsAskedOnceAndCountsForAMoment()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => CheckAsync()));

        Assert.All(answers, a => Assert.True(a!.Verdict.Entry!.Key.Allows("weather:read")));
        Assert.Equal(1, _asked);
        _time.Advance(RemoteKeys.Life - TimeSpan.FromMilliseconds(1));
        await CheckAsync();
        Assert.Equal(1, _asked);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await CheckAsync();
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Check_FromAnotherAddressOrPage_IsAnotherQuestion()
    {
        await CheckAsync();
        await CheckAsync(address: "10.0.0.9");
        await CheckAsync(origin: "https://example.org");

        Assert.Equal(3, _asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("ak_00000000_0000000000000000000000000000000000000000000000000")]
    public async Task Check_WhatIsNoKey_IsRefusedWithoutAQuestion(string text)
    {
        var answer = await CheckAsync(text);

        Assert.Equal(KeyOutcome.Malformed, answer!.Verdict.Outcome);
        Assert.Equal(0, _asked);
    }

    [Fact]
    public async Task Check_KeyWithLimits_IsAskedForEachUse()
    {
        _answer = Accepted.Trim()[..^1] + ""","ratelimit_policy":"\"rate\";q=10;w=1","ratelimit":"\"rate\";r=9;t=1"}""";
        var first = await CheckAsync();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => CheckAsync()));

        Assert.Equal(new KeyLimits("\"rate\";q=10;w=1", "\"rate\";r=9;t=1"), first!.Limits);
        Assert.Equal(6, _asked);
    }

    [Fact]
    public async Task Check_Ticket_IsAskedEachTimeWithItsPath()
    {
        await CheckAsync("tk_one");
        await CheckAsync("tk_one");

        Assert.Equal(2, _asked);
        Assert.Equal(0, _keys.Kept);
    }

    [Theory]
    [InlineData("""{"outcome":"refused"}""", KeyOutcome.Unknown)]
    [InlineData("""{"outcome":"too-fast","retry_after":2.5}""", KeyOutcome.TooFast)]
    [InlineData("""{"outcome":"too-many-attempts","retry_after":60}""", KeyOutcome.TooManyAttempts)]
    [InlineData("""{"outcome":"accepted"}""", KeyOutcome.Unavailable)]
    [InlineData("""{"outcome":"accepted","key":{}}""", KeyOutcome.Unavailable)]
    [InlineData("""{"outcome":"splendid"}""", KeyOutcome.Unavailable)]
    [InlineData("""{"outcome":7}""", KeyOutcome.Unavailable)]
    [InlineData("[]", KeyOutcome.Unavailable)]
    [InlineData("<html>", KeyOutcome.Unavailable)]
    [InlineData("", KeyOutcome.Unavailable)]
    public async Task Check_AnyAnswer_LetsInOnlyWhatIsAccepted(string answer, object outcome)
    {
        _answer = answer;

        Assert.Equal((KeyOutcome)outcome, (await CheckAsync())!.Verdict.Outcome);
    }

    [Fact]
    public async Task Check_NobodyAnswers_IsUnavailableAndToldOnceUntilItIsBack()
    {
        _auth.Answer(503);
        var down = await CheckAsync();
        _time.Advance(RemoteKeys.Life);
        await CheckAsync();
        _auth.Answer(context => context.Response.WriteAsync(_answer));
        _time.Advance(RemoteKeys.Life);
        var back = await CheckAsync();

        Assert.Equal(KeyOutcome.Unavailable, down!.Verdict.Outcome);
        Assert.True(down.Verdict.RetryAfter > TimeSpan.Zero);
        Assert.True(back!.Verdict.IsAccepted);
        Assert.Single(_logs.Lines, l => l.Contains("Keys cannot be checked", StringComparison.Ordinal));
        Assert.Single(_logs.Lines, l => l.Contains("answers again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_ThisMachineIsNotTrusted_SaysWhatToDo()
    {
        _auth.Answer(403);
        await CheckAsync();

        Assert.Contains("Auth:TrustedProxies", await _logs.WaitForAsync("Keys cannot be checked"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_KeyEndedElsewhere_IsCancelledAndOthersAreNot()
    {
        var kept = _keys.Revocations.TokenOf(SecretOf("bbbbbbbb"));
        var ended = _keys.Revocations.TokenOf(SecretOf("aaaaaaaa"));
        _answer = """{"ended":["aaaaaaaa"]}""";

        await _keys.LookAsync(Cancelled);

        Assert.True(ended.IsCancellationRequested);
        Assert.False(kept.IsCancellationRequested);
    }

    [Fact]
    public async Task Open_NobodyAnswers_StaysOpen()
    {
        var open = _keys.Revocations.TokenOf(SecretOf("aaaaaaaa"));
        _auth.Answer(500);

        await _keys.LookAsync(Cancelled);

        Assert.False(open.IsCancellationRequested);
    }

    [Fact]
    public async Task Kept_Answers_AreForgottenSoonAndNeverTooMany()
    {
        await _keys.StartAsync(Cancelled);
        await CheckAsync();
        Assert.Equal(1, _keys.Kept);

        // The first tick comes before the answer is too old for sure, the second after.
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(RemoteKeys.Life);
            await TickAsync();
        }

        Assert.Equal(0, _keys.Kept);
        await _keys.StopAsync(Cancelled);
    }

    // The background goes on on the thread pool when the timer has fired.
    private async Task TickAsync()
    {
        for (var i = 0; i < 10_000 && _keys.Kept > 0; i++)
        {
            await Task.Yield();
        }
    }

    private Task<KeyAnswer?> CheckAsync(string? text = null, string address = "127.0.0.1", string? origin = null) =>
        _keys.CheckAsync(
            new ShownKey(text ?? _key, null, "/weather", IPAddress.Parse(address), origin), Cancelled).AsTask();

    private static StoredSecret SecretOf(string prefix) => new(prefix, [], null, TestServer.Friday, null);

    /// <summary>Sends what goes to a name to an address.</summary>
    private sealed class At(Uri address) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal("/auth/check", request.RequestUri!.AbsolutePath);
            request.RequestUri = new Uri(address, request.RequestUri.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
