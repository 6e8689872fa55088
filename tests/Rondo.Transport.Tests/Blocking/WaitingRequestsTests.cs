using Rondo.Transport.Sockets;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Blocking;

public sealed class WaitingRequestsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly SetTime _time = new();

    [Fact]
    public async Task Wait_ForThreadsThatComeBack_EndsFirstInFirstOut()
    {
        var waiting = Make(most: 2);
        var (first, second) = (waiting.WaitAsync(), waiting.WaitAsync());

        waiting.Returned();
        Assert.True(await first);
        Assert.False(second.IsCompleted);

        waiting.Returned();
        Assert.True(await second);
    }

    [Fact]
    public async Task Wait_WithNoThreadComingBack_GivesUp()
    {
        var wait = Make(most: 2).WaitAsync();
        Assert.False(wait.IsCompleted);

        _time.Pass(Patience);
        Assert.False(await wait);
    }

    [Fact]
    public async Task Wait_BehindOneThatHasGivenUp_IsNext()
    {
        var waiting = Make(most: 2);
        var first = waiting.WaitAsync();
        _time.Pass(Patience);
        Assert.False(await first);
        var next = waiting.WaitAsync();

        waiting.Returned();
        Assert.True(await next);
    }

    [Fact]
    public async Task Wait_WhenAsManyHaveGivenUpAsMayWait_IsNotRefused()
    {
        var waiting = Make(most: 2);
        var (first, second) = (waiting.WaitAsync(), waiting.WaitAsync());
        _time.Pass(Patience);
        Assert.False(await first);
        Assert.False(await second);

        var next = waiting.WaitAsync();
        Assert.False(next.IsCompleted);
        waiting.Returned();
        Assert.True(await next);
    }

    [Fact]
    public async Task Wait_BeyondTheBound_IsRefusedAtOnce()
    {
        var waiting = Make(most: 1);
        var first = waiting.WaitAsync();

        Assert.False(await waiting.WaitAsync());
        waiting.Returned();
        Assert.True(await first);
    }

    private WaitingRequests Make(int most) => new(most, Patience, _time);
}
