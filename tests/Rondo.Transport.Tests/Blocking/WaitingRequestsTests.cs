using Rondo.Transport.Sockets;

namespace Rondo.Transport.Tests.Blocking;

/// <summary>About real time: how long nothing may happen.</summary>
public sealed class WaitingRequestsTests
{
    private static readonly TimeSpan Ever = TimeSpan.FromHours(1);

    [Fact]
    public async Task Wait_ForThreadsThatComeBack_EndsFirstInFirstOut()
    {
        var waiting = new WaitingRequests(2, Ever, TimeProvider.System);
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
        var waiting = new WaitingRequests(2, TimeSpan.FromMilliseconds(20), TimeProvider.System);

        Assert.False(await waiting.WaitAsync());
    }

    [Fact]
    public async Task Wait_BehindOneThatHasGivenUp_IsNext()
    {
        var waiting = new WaitingRequests(2, TimeSpan.FromMilliseconds(200), TimeProvider.System);
        Assert.False(await waiting.WaitAsync());
        var next = waiting.WaitAsync();

        waiting.Returned();
        Assert.True(await next);
    }

    [Fact]
    public async Task Wait_BeyondTheBound_IsRefusedAtOnce()
    {
        var waiting = new WaitingRequests(1, Ever, TimeProvider.System);
        var first = waiting.WaitAsync();

        Assert.False(await waiting.WaitAsync());
        waiting.Returned();
        Assert.True(await first);
    }
}
