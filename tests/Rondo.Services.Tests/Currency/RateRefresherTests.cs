using System.Threading.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Services.Currency;
using Rondo.Services.Currency.Sources;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Currency;

public sealed class RateRefresherTests : IAsyncDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(20);

    // A Friday evening: the rates of the 20th are out, the next are due on Monday the 23rd at 15:00 UTC.
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 18, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset NextPublication = new(2026, 11, 23, 15, 0, 0, TimeSpan.Zero);

    private readonly TestFolder _folder = new();
    private readonly SignallingTime _time = new(Start);
    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
    private readonly ScriptedSource _source = new(RateOrigin.Ecb);
    private LiveOptions<CurrencyOptions>? _options;
    private RateBook? _book;
    private RateRefresher? _refresher;

    private RateRefresher Refresher => _refresher!;

    private RateBook Book => _book!;

    [Fact]
    public async Task Start_SomethingMissing_FetchesAtOnce()
    {
        await StartAsync([TestRates.Day("2026-11-18", "USD=1.1")]);

        var call = await _source.CalledAsync();
        Assert.Equal(TestRates.Date("2026-11-18"), call.Held);
        call.Answer(TestRates.Day("2026-11-20", "USD=1.22"));
        await WaitingAsync();

        Assert.Equal(TestRates.Date("2026-11-20"), Book.Current.Table.Dates[^1]);
        Assert.Equal(new RefreshStatus(Start, null, null, Refresher.Status.Next), Refresher.Status);
    }

    [Fact]
    public async Task Start_NothingOfTheBankHeld_SaysSoToTheSource()
    {
        await StartAsync([TestRates.Day("2026-11-20", "USD=1.1", RateOrigin.Bundled)]);

        Assert.Null((await _source.CalledAsync()).Held);
    }

    [Fact]
    public async Task Start_UpToDate_WaitsForThePublicationAndAJitter()
    {
        await StartAsync([TestRates.Day("2026-11-20", "USD=1.22")]);

        var due = await WaitingAsync();
        Assert.InRange(due, NextPublication, NextPublication + TimeSpan.FromMinutes(5));
        Assert.Equal(due, Refresher.Status.Next);
        _time.AdvanceTo(due - TimeSpan.FromTicks(1));
        Assert.False(_source.WasCalled);
        _time.AdvanceTo(due);
        Assert.Equal(TestRates.Date("2026-11-20"), (await _source.CalledAsync()).Held);
    }

    [Fact]
    public async Task Start_NoJitterConfigured_AsksAtThePublication()
    {
        await StartAsync([TestRates.Day("2026-11-20", "USD=1.22")], jitter: TimeSpan.Zero);

        Assert.Equal(NextPublication, await WaitingAsync());
    }

    [Fact]
    public async Task Publication_NewRates_AreTakenAndTheNextOneIsAwaited()
    {
        await StartAsync([TestRates.Day("2026-11-20", "USD=1.22")], jitter: TimeSpan.Zero);
        _time.AdvanceTo(await WaitingAsync());

        (await _source.CalledAsync()).Answer(TestRates.Day("2026-11-23", "USD=1.23"));

        Assert.Equal(NextPublication.AddDays(1), await WaitingAsync());
        Assert.Equal(NextPublication, Book.Current.Confirmed[RateOrigin.Ecb]);
    }

    [Fact]
    public async Task LateBank_StillYesterdaysRates_IsAskedAgainWithGrowingPauses()
    {
        await StartAsync([TestRates.Day("2026-11-20", "USD=1.22")], jitter: TimeSpan.Zero);
        _time.AdvanceTo(await WaitingAsync());
        foreach (var minutes in (int[])[1, 2, 4, 8])
        {
            (await _source.CalledAsync()).Answer();
            await AssertPauseAsync(minutes);
            Assert.Null(Refresher.Status.LastError);
        }

        (await _source.CalledAsync()).Answer(TestRates.Day("2026-11-23", "USD=1.23"));
        Assert.Equal(NextPublication.AddDays(1), await WaitingAsync());
    }

    [Fact]
    public async Task Failure_AgainAndAgain_BacksOffFromAMinuteToAnHourAndRecovers()
    {
        await StartAsync([TestRates.Day("2026-11-18", "USD=1.1")], jitter: TimeSpan.Zero);
        foreach (var minutes in (int[])[1, 2, 4, 8, 16, 32, 60, 60, 60])
        {
            (await _source.CalledAsync()).Fail(new HttpRequestException("The bank has answered 503."));
            await AssertPauseAsync(minutes);
        }

        (await _source.CalledAsync()).Answer(TestRates.Day("2026-11-20", "USD=1.22"));
        Assert.Equal(NextPublication, await WaitingAsync());
        Assert.Null(Refresher.Status.LastError);
        Assert.NotNull(Refresher.Status.LastFailure);

        _time.AdvanceTo(NextPublication);
        (await _source.CalledAsync()).Fail(new TimeoutException());
        await AssertPauseAsync(1);
    }

    public static TheoryData<Exception> Failures => new()
    {
        new RateFormatException("The XML holds no rates."),
        new HttpRequestException("It answered 500."),
        new TimeoutException("It took longer than 20 s."),
        new IOException("The response ended prematurely."),
        new UnauthorizedAccessException("Access denied."),
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task Failure_OfAnyKind_KeepsTheLastGoodRatesAndTellsTheReason(Exception failure)
    {
        await StartAsync([TestRates.Day("2026-11-18", "USD=1.1")]);
        var before = Book.Current;

        (await _source.CalledAsync()).Fail(failure);
        var next = await WaitingAsync();

        Assert.Same(before, Book.Current);
        Assert.Equal(new RefreshStatus(null, Start, "ECB: " + failure.Message, next), Refresher.Status);
    }

    [Fact]
    public async Task Failure_WhenASecondSourceAnswers_UsesItAndGoesOnAskingTheFirst()
    {
        var second = new ScriptedSource(RateOrigin.Fixer);
        await StartAsync([TestRates.Day("2026-11-18", "USD=1.1")], sources: [_source, second]);

        (await _source.CalledAsync()).Fail(new TimeoutException());
        (await second.CalledAsync()).Answer(TestRates.Day("2026-11-20", "USD=1.21", RateOrigin.Fixer));
        await AssertPauseAsync(1);

        Assert.Equal("fixer", Book.Current.LatestSource);
        (await _source.CalledAsync()).Answer(TestRates.Day("2026-11-20", "USD=1.22"));
        await WaitingAsync();
        Assert.Equal("ECB", Book.Current.LatestSource);
        Assert.False(second.WasCalled);
    }

    [Fact]
    public async Task Request_WhileWaiting_AsksAtOnce()
    {
        await StartAsync([TestRates.Day("2026-11-20", "USD=1.22")]);
        var due = await WaitingAsync();

        Refresher.Request();
        (await _source.CalledAsync()).Answer();

        // Nothing was due, so an empty answer is no reason to hurry.
        Assert.InRange(await WaitingAsync(), NextPublication, NextPublication + TimeSpan.FromMinutes(5));
        Assert.Equal(Start, Refresher.Status.LastSuccess);
        Assert.True(due > Start);
    }

    [Fact]
    public async Task Request_ManyWhileOneIsInFlight_LeadToOneMore()
    {
        await StartAsync([TestRates.Day("2026-11-18", "USD=1.1")]);
        var call = await _source.CalledAsync();
        for (var i = 0; i < 1_000; i++)
        {
            Refresher.Request();
        }

        Assert.False(_source.WasCalled);
        call.Answer(TestRates.Day("2026-11-20", "USD=1.22"));
        await WaitingAsync();
        (await _source.CalledAsync()).Answer();
        await WaitingAsync();

        Assert.False(_source.WasCalled);
        Assert.Equal(1, _source.MostAtOnce);
    }

    [Fact]
    public async Task Request_FailureWhileUpToDate_WaitsForTheNextPublicationAndThenStartsAtAMinute()
    {
        await StartAsync([TestRates.Day("2026-11-20", "USD=1.22")], jitter: TimeSpan.Zero);
        await WaitingAsync();
        for (var i = 0; i < 3; i++)
        {
            Refresher.Request();
            (await _source.CalledAsync()).Fail(new TimeoutException());
            Assert.Equal(NextPublication, await WaitingAsync());
        }

        _time.AdvanceTo(NextPublication);
        (await _source.CalledAsync()).Fail(new TimeoutException());
        await AssertPauseAsync(1);
    }

    [Fact]
    public async Task Settings_Changed_AskAtOnce()
    {
        await StartAsync([TestRates.Day("2026-11-20", "USD=1.22")]);
        await WaitingAsync();

        _configuration["Currency:Deadline"] = "00:00:10";
        _configuration.Reload();

        await _source.CalledAsync();
    }

    [Fact]
    public async Task Start_NoSource_AsksNobodyAndEnds()
    {
        await StartAsync([], sources: []);

        await Refresher.ExecuteTask!.WaitAsync(Guard, TestContext.Current.CancellationToken);
        Assert.False(Refresher.CanRefresh);
        Assert.Empty(_time.Due);
        Assert.Equal(new RefreshStatus(null, null, null, null), Refresher.Status);
    }

    [Fact]
    public async Task Start_File_IsLookedAtEveryTenSeconds()
    {
        var file = _folder.Write("rates.csv", "Date,USD\n2026-11-20,1.22\n");
        await StartAsync([], sources: [new FileRateSource(file, _time)]);

        Assert.Equal(Start + TimeSpan.FromSeconds(10), await WaitingAsync());
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(Start + TimeSpan.FromSeconds(20), await WaitingAsync());
        Assert.Equal("file", Book.Current.LatestSource);

        File.WriteAllText(file, "broken");
        _time.Advance(TimeSpan.FromSeconds(10));
        await WaitingAsync();
        Assert.Equal(1, Book.Current.Table.Dates.Length);
        Assert.StartsWith("file: ", Refresher.Status.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_CallInFlight_IsCancelled()
    {
        await StartAsync([]);
        var call = await _source.CalledAsync();

        await Refresher.StopAsync(TestContext.Current.CancellationToken)
            .WaitAsync(Guard, TestContext.Current.CancellationToken);

        Assert.True(call.Cancellation.IsCancellationRequested);
    }

    public async ValueTask DisposeAsync()
    {
        if (_refresher is not null)
        {
            await _refresher.StopAsync(CancellationToken.None).WaitAsync(Guard);
            _refresher.Dispose();
        }

        _options?.Dispose();
        _folder.Dispose();
    }

    private async Task StartAsync(RateDay[] initial, TimeSpan? jitter = null, IRateSource[]? sources = null)
    {
        _configuration["Currency:Jitter"] = (jitter ?? TimeSpan.FromMinutes(5)).ToString();
        _options = new LiveOptions<CurrencyOptions>(
            _configuration,
            CurrencyOptions.Section,
            new SettingsFile(_folder.Path),
            NullLogger<LiveOptions<CurrencyOptions>>.Instance);
        _book = new RateBook(null, initial, _time);
        _refresher = new RateRefresher(
            _book, sources ?? [_source], _options, _time, new Random(1), NullLogger<RateRefresher>.Instance);
        await _refresher.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Until the refresher waits for a moment again; gives that moment.</summary>
    private Task<DateTimeOffset> WaitingAsync() => _time.TimerSetAsync();

    private async Task AssertPauseAsync(int minutes)
    {
        var due = await WaitingAsync();
        var pause = due - _time.GetUtcNow();
        Assert.InRange(pause, TimeSpan.FromMinutes(minutes), TimeSpan.FromMinutes(minutes * 1.25));
        Assert.Equal(due, Refresher.Status.Next);
        _time.AdvanceTo(due);
    }

    /// <summary>A source that answers when and what the test says.</summary>
    private sealed class ScriptedSource(RateOrigin origin) : IRateSource
    {
        private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();
        private int _running;

        public RateOrigin Origin => origin;

        public string Location => "a test";

        public int MostAtOnce { get; private set; }

        public bool WasCalled => _calls.Reader.TryPeek(out _);

        public async Task<IReadOnlyList<RateDay>> FetchAsync(DateOnly? held, CancellationToken cancellation)
        {
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _running));
            var call = new Call(held, cancellation);
            _calls.Writer.TryWrite(call);
            try
            {
                return await call.Result.Task.WaitAsync(cancellation);
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        }

        public async Task<Call> CalledAsync() =>
            await _calls.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(Guard, TestContext.Current.CancellationToken);
    }

    private sealed record Call(DateOnly? Held, CancellationToken Cancellation)
    {
        public TaskCompletionSource<IReadOnlyList<RateDay>> Result { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Answer(params RateDay[] days) => Result.SetResult(days);

        public void Fail(Exception error) => Result.SetException(error);
    }

    /// <summary>A clock that stands still and tells each timer that is set on it.</summary>
    private sealed class SignallingTime(DateTimeOffset start) : TimeProvider
    {
        private readonly ManualTime _clock = new(start);
        private readonly Channel<DateTimeOffset> _set = Channel.CreateUnbounded<DateTimeOffset>();

        public IReadOnlyList<DateTimeOffset> Due => _clock.Due;

        public override long TimestampFrequency => _clock.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

        public override long GetTimestamp() => _clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = _clock.CreateTimer(callback, state, dueTime, period);
            _set.Writer.TryWrite(_clock.GetUtcNow() + dueTime);
            return timer;
        }

        public void Advance(TimeSpan by) => _clock.Advance(by);

        public void AdvanceTo(DateTimeOffset target) => _clock.AdvanceTo(target);

        public async Task<DateTimeOffset> TimerSetAsync() =>
            await _set.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(Guard, TestContext.Current.CancellationToken);
    }
}
