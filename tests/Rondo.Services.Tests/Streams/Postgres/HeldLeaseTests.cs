using Rondo.Services.Streams.Postgres;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Postgres;

public sealed class HeldLeaseTests
{
    private static readonly TimeSpan Term = TimeSpan.FromSeconds(4);

    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public void IsHeld_NobodyRenews_EndsWithTheTermOfTheRequest()
    {
        var asked = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(1));
        var held = new HeldLease(7, asked, Term, _time);

        _time.Advance(TimeSpan.FromSeconds(2.999));
        Assert.True(held.IsHeld);
        Assert.False(held.Lost.IsCancellationRequested);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(held.IsHeld);
        Assert.True(held.Lost.IsCancellationRequested);
        Assert.Contains("could not be renewed", held.Reason);
    }

    [Fact]
    public void Renew_SentBeforeTheEnd_CountsFromWhenItWasSent()
    {
        var held = new HeldLease(7, _time.GetTimestamp(), Term, _time);
        _time.Advance(TimeSpan.FromSeconds(2));
        var sent = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(1.5));

        held.Renew(sent);

        _time.Advance(TimeSpan.FromSeconds(2.4));
        Assert.True(held.IsHeld);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.False(held.IsHeld);
        Assert.True(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public void Renew_AnswerComesAfterTheEnd_DoesNotReviveIt()
    {
        var held = new HeldLease(7, _time.GetTimestamp(), Term, _time);
        _time.Advance(TimeSpan.FromSeconds(3));
        var sent = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(2));

        held.Renew(sent);

        Assert.False(held.IsHeld);
        Assert.True(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public void End_ForAReason_IsOverAtOnceAndKeepsTheFirst()
    {
        var held = new HeldLease(7, _time.GetTimestamp(), Term, _time);

        held.End("first");
        held.End("second");

        Assert.False(held.IsHeld);
        Assert.True(held.Lost.IsCancellationRequested);
        Assert.Equal("first", held.Reason);
        Assert.Empty(_time.Due);
    }
}
