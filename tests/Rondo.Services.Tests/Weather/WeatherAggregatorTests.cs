using System.Reflection;
using Rondo.Services.Tests.Support;
using Rondo.Services.Weather;

namespace Rondo.Services.Tests.Weather;

public sealed class WeatherAggregatorTests
{
    private const string Good = "Today it's 10.1 C in Munich. Tomorrow it's 12.8 C";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_ThousandAtOnceInEitherOrderOfAnswers_NoneIsSwappedAndTwoCallsAreMade(bool nowFirst)
    {
        await using var rig = await WeatherRig.StartAsync();
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        rig.Respond(async context =>
        {
            await (WeatherRig.IsForNow(context) == nowFirst ? first : second).Task;
            await WeatherRig.Both(10.1m, 11.2m, 12.8m)(context);
        });

        var asked = Enumerable.Range(0, 1000).Select(_ => rig.SayAsync()).ToList();
        await WeatherRig.UntilAsync(() => rig.Asked == 2);
        first.SetResult();
        await WeatherRig.UntilAsync(() => rig.Open == 1);
        second.SetResult();
        var said = await Task.WhenAll(asked);

        Assert.All(said, s => Assert.Equal(Good, s));
        Assert.Equal(2, rig.Asked);
    }

    [Fact]
    public async Task Get_FromWhatIsHeld_WaitsForNoLock()
    {
        await using var rig = await WeatherRig.StartAsync();
        await rig.GetAsync();
        object[] rooms = [rig.Places, rig.Weather, .. rig.Weather.Upstreams.Select(u => u.Gate).OfType<UpstreamGate>()];
        var locks = rooms.SelectMany(r => r.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
            .Where(f => f.FieldType == typeof(Lock)).Select(f => (Lock)f.GetValue(r)!)).ToList();
        Assert.Equal(3, locks.Count);
        using var release = new ManualResetEventSlim();
        using var held = new ManualResetEventSlim();
        var holder = new Thread(() =>
        {
            locks.ForEach(l => l.Enter());
            held.Set();
            release.Wait();
            locks.ForEach(l => l.Exit());
        });
        holder.Start();
        held.Wait(TestContext.Current.CancellationToken);
        try
        {
            // Fresh, then stale: that one begins a refresh, which has to wait for the locks, and does not wait itself.
            Assert.Equal(Good, await OnAnotherThreadAsync(rig.SayAsync));
            rig.Time.Advance(TimeSpan.FromMinutes(11));
            Assert.Equal(Good + " (stale)", await OnAnotherThreadAsync(rig.SayAsync));
        }
        finally
        {
            release.Set();
            holder.Join();
        }
    }

    [Fact]
    public async Task Get_CallerThatLeaves_DoesNotCancelTheCallOfTheOthers()
    {
        await using var rig = await WeatherRig.StartAsync();
        var gate = new TaskCompletionSource();
        rig.Respond(async context =>
        {
            await gate.Task;
            await WeatherRig.Both(10.1m, 11.2m, 12.8m)(context);
        });
        using var leaving = new CancellationTokenSource();
        var first = rig.Weather.GetAsync(rig.Places.Default, 2, leaving.Token).AsTask();
        var second = rig.SayAsync();
        await WeatherRig.UntilAsync(() => rig.Asked == 2);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        Assert.Equal(Good, await second);
        Assert.Equal(2, rig.Asked);
    }

    [Fact]
    public async Task Get_HundredsOfCallsThatHang_EndAtTheDeadlineAndLeaveNoSocketAndNoRefresh()
    {
        await using var rig = await WeatherRig.StartAsync();
        rig.Respond(WeatherRig.HangAsync);
        var places = Enumerable.Range(0, 250).Select(i => Gazetteer.At(10 + (i / 10m), 20, null)).ToList();

        var waiting = places.Select(p => rig.GetAsync(place: p)).ToList();
        await WeatherRig.UntilAsync(() => rig.Open == 500);
        rig.Time.Advance(TimeSpan.FromSeconds(1.5));
        var views = await Task.WhenAll(waiting);

        Assert.All(views, v => Assert.True(v.IsEmpty));
        await WeatherRig.UntilAsync(() => rig.Open == 0);
        Assert.Equal(0, rig.Weather.RefreshesRunning);
        Assert.Equal(CircuitState.Open, rig.Status("open-meteo").Circuit);
    }

    [Fact]
    public async Task Get_UpstreamSlowerThanTheDeadline_GivesWhatHasArrived()
    {
        await using var rig = await WeatherRig.StartAsync(null, ("Deadline", "00:00:01"), ("SourceDeadline", "00:00:01"));
        rig.Respond(context => WeatherRig.IsForNow(context)
            ? WeatherRig.Both(10.1m)(context) : WeatherRig.HangAsync(context));

        var waiting = rig.GetAsync();
        await WeatherRig.UntilAsync(() => rig.Asked == 2 && rig.Open == 1 && rig.Status("open-meteo").LastSuccess is not null);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        var view = await waiting;

        Assert.Equal("Today it's 10.1 C in Munich. Tomorrow: no data", SeedText.Forecast(view));
        Assert.Equal(["today", "tomorrow"], view.Missing(2));
    }

    [Fact]
    public async Task Get_WithinTenMinutes_AsksNobody()
    {
        await using var rig = await WeatherRig.StartAsync();
        await rig.GetAsync();
        rig.Time.Advance(TimeSpan.FromMinutes(9.9));

        Assert.Equal(Good, await rig.SayAsync());
        Assert.Equal(2, rig.Asked);
        Assert.Equal(TimeSpan.FromMinutes(9.9), (await rig.GetAsync()).Age(rig.Time.GetUtcNow()));
    }

    [Fact]
    public async Task Get_AfterTenMinutes_AnswersAtOnceAndRefreshesOnceBehind()
    {
        await using var rig = await WeatherRig.StartAsync();
        await rig.GetAsync();
        var gate = new TaskCompletionSource();
        rig.Respond(async context =>
        {
            await gate.Task;
            await TestWeatherAt(context);
        });
        rig.Time.Advance(TimeSpan.FromMinutes(11));

        var said = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => rig.SayAsync()));
        await WeatherRig.UntilAsync(() => rig.Asked == 4);
        gate.SetResult();
        await rig.RefreshedAsync();

        Assert.All(said, s => Assert.Equal(Good + " (stale)", s));
        Assert.Equal("Today it's 9.0 C in Munich. Tomorrow it's 8.0 C", await rig.SayAsync());
        Assert.Equal(4, rig.Asked);

        static Task TestWeatherAt(HttpContext context) => WeatherRig.TextAsync(context, WeatherRig.IsForNow(context)
            ? TestWeather.Current(9m, "2026-11-20T19:00") : TestWeather.Days("2026-11-20", 9m, 8m));
    }

    [Fact]
    public async Task Get_DeadUpstream_IsStaleForSixHoursAndThenNothing()
    {
        await using var rig = await WeatherRig.StartAsync(WeatherRig.At("2026-11-20T08:00:00Z"));
        rig.Respond(context => WeatherRig.TextAsync(context, WeatherRig.IsForNow(context)
            ? TestWeather.Current(time: "2026-11-20T09:00") : TestWeather.Days("2026-11-20", 11.2m, 12.8m)));
        await rig.GetAsync();
        rig.Upstream.Answer(500);

        rig.Time.Advance(TimeSpan.FromHours(5.9));
        Assert.Equal(Good + " (stale)", await rig.SayAsync());
        await rig.RefreshedAsync();
        rig.Time.Advance(TimeSpan.FromMinutes(7));

        Assert.True((await rig.GetAsync()).IsEmpty);
    }

    [Fact]
    public async Task Get_AfterMidnightOfThePlace_ShowsTheDayThatWasTomorrow()
    {
        await using var rig = await WeatherRig.StartAsync(WeatherRig.At("2026-11-20T22:55:00Z"));
        rig.Respond(context => WeatherRig.TextAsync(context, WeatherRig.IsForNow(context)
            ? TestWeather.Current(time: "2026-11-20T23:55") : TestWeather.Days("2026-11-20", 11.2m, 12.8m, 14m)));
        Assert.Equal(Good, await rig.SayAsync());

        rig.Time.Advance(TimeSpan.FromMinutes(6));
        var view = await rig.GetAsync();

        Assert.Equal(new DateOnly(2026, 11, 21), view.Today);
        Assert.Equal((12.8m, 14m), (view.Day(0)!.Max, view.Temperature(1)));
        Assert.Equal(2, rig.Asked);
    }

    [Fact]
    public async Task Get_FirstSourceDead_AsksTheNextForWhatIsMissing()
    {
        await using var rig = await WeatherRig.StartAsync(null, ("MetNoContact", "me@example.org"));
        rig.Respond(context => WeatherRig.IsMetNo(context)
            ? WeatherRig.TextAsync(context, TestWeather.MetNo(TestWeather.Now, 60))
            : WeatherRig.IsForNow(context) ? WeatherRig.Both(10.1m)(context) : Refuse(context));

        var view = await rig.GetAsync();

        Assert.Equal("open-meteo, met.no", view.Source);
        Assert.Equal("Today it's 10.1 C in Munich. Tomorrow it's 23.0 C", SeedText.Forecast(view));
    }

    [Fact]
    public async Task Get_NoSourceHasEverAnswered_WaitsBeforeItAsksAgain()
    {
        await using var rig = await WeatherRig.StartAsync();
        rig.Respond(Refuse);
        Assert.True((await rig.GetAsync()).IsEmpty);

        for (var i = 0; i < 20; i++)
        {
            await rig.GetAsync();
        }

        Assert.Equal(2, rig.Asked);
        Assert.InRange(rig.Weather.RetryAfter(rig.Places.Default), TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(10));
        rig.Time.Advance(TimeSpan.FromSeconds(10));
        rig.Respond(WeatherRig.Both(10.1m, 11.2m, 12.8m));
        Assert.Equal(Good, await rig.SayAsync());
    }

    [Fact]
    public async Task Get_UpstreamDeadForADay_LeavesMostOfItsBudget()
    {
        await using var rig = await WeatherRig.StartAsync();
        rig.Respond(Refuse);
        for (var minute = 0; minute < 24 * 60; minute++)
        {
            await rig.GetAsync();
            rig.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.InRange(rig.Asked, 1000, 1500);
    }

    [Fact]
    public async Task Get_RefusedForADay_IsNotAskedForADay()
    {
        await using var rig = await WeatherRig.StartAsync();
        rig.Respond(context =>
        {
            context.Response.Headers.RetryAfter = "86400";
            context.Response.StatusCode = 429;
            return Task.CompletedTask;
        });
        await rig.GetAsync();
        rig.Time.Advance(TimeSpan.FromHours(23));
        await rig.GetAsync();

        Assert.Equal(2, rig.Asked);
        Assert.Equal(TimeSpan.FromHours(1), rig.Weather.RetryAfter(rig.Places.Default));
    }

    [Fact]
    public async Task Get_BudgetUsedUp_ServesStaleAndAsksAgainOnTheNextDayAlsoAfterARestart()
    {
        await using var rig = await WeatherRig.StartAsync(null, ("DailyCalls", "2"), ("KeepFor", "1.00:00:00"));
        await rig.GetAsync();
        rig.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(Good + " (stale)", await rig.SayAsync());
        await rig.RefreshedAsync();
        Assert.Equal((2, 2), (rig.Asked, rig.Status("open-meteo").Used));

        rig.Restart();
        Assert.True((await rig.GetAsync()).IsEmpty);
        Assert.Equal(2, rig.Asked);

        rig.Time.AdvanceTo(WeatherRig.At("2026-11-21T00:00:00Z"));
        rig.Respond(context => WeatherRig.TextAsync(context, WeatherRig.IsForNow(context)
            ? TestWeather.Current(3m, "2026-11-21T01:00") : TestWeather.Days("2026-11-21", 4m, 5m)));
        Assert.Equal("Today it's 3.0 C in Munich. Tomorrow it's 5.0 C", await rig.SayAsync());
    }

    [Fact]
    public async Task Get_SamePlaceByAnotherName_SharesTheCallAndKeepsTheNames()
    {
        await using var rig = await WeatherRig.StartAsync();
        var other = Gazetteer.At(48.1371m, 11.5754m, "Home");

        await rig.GetAsync();
        var view = await rig.GetAsync(place: other);

        Assert.Equal("Today it's 10.1 C in Home", SeedText.Today(view));
        Assert.Equal(Good, await rig.SayAsync());
        Assert.Equal(2, rig.Asked);
    }

    // A lock would block that one and not the test.
    private static Task<string> OnAnotherThreadAsync(Func<Task<string>> say) =>
        Task.Run(say, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60));

    private static Task Refuse(HttpContext context)
    {
        context.Response.StatusCode = 500;
        return Task.CompletedTask;
    }
}
