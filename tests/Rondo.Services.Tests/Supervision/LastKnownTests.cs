using Rondo.Services.Supervision;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Supervision;

public sealed class LastKnownTests
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Good = TimeSpan.FromSeconds(10);

    private readonly ManualTime _time = new(TestServer.Friday);

    [Fact]
    public async Task Value_OfASilentService_IsTheLastOneWhileThatIsGood()
    {
        var (isSilent, asked) = (false, 0);
        var known = new LastKnown<string>(
            _ =>
            {
                asked++;
                return isSilent ? throw new HttpRequestException("gone") : Task.FromResult("said");
            },
            Every, Good, _time);

        Assert.Equal("said", await known.ReadAsync());
        isSilent = true;
        _time.Advance(Good - TimeSpan.FromTicks(1));
        Assert.Equal("said", known.Value);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(known.Value);
        Assert.InRange(asked, 1, 3);
    }

    [Fact]
    public async Task Reader_OfAServiceThatNeverAnswers_WaitsAMomentAndOnce()
    {
        var never = new TaskCompletionSource<string>();
        var known = new LastKnown<string>(_ => never.Task, Every, Good, _time);

        var first = known.ReadAsync().AsTask();
        Assert.False(first.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await first);
        var second = known.ReadAsync();
        Assert.True(second.IsCompleted);
        Assert.Null(await second);
    }
}
