using Rondo.Runtime.Polling;

namespace Rondo.Runtime.Tests.Polling;

public sealed class PollerChoiceTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("portable")]
    public void Poller_KnownOrNone_Runs(string? name)
    {
        using var loop = new EventLoop(new LoopOptions { Poller = name });

        Assert.Equal(1, loop.RunUntilComplete(() => Task.FromResult(1)));
    }

    [Fact]
    public void Poller_Unknown_IsRefusedWithTheChoices()
    {
        var error = Assert.Throws<ArgumentException>(() => new EventLoop(new LoopOptions { Poller = "kqueue" }));

        Assert.Contains("no poller 'kqueue'", error.Message, StringComparison.Ordinal);
        Assert.Contains("portable", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Poller_OfAnotherAssembly_IsChosenByItsName()
    {
        PollerChoice.Add("test", () => new CountingPoller());
        using var loop = new EventLoop(new LoopOptions { Poller = "test" });
        loop.RunUntilComplete(() => Task.CompletedTask);

        Assert.True(CountingPoller.Waits > 0);
    }

    [Fact]
    public async Task EnvironmentVariable_Unknown_IsRefusedWithTheChoices()
    {
        using var program = new LoopProcess("plain", ("RONDO_POLLER", "kqueue"));

        var (code, _, error) = await program.ExitAsync();

        Assert.NotEqual(0, code);
        Assert.Contains(
            "no poller 'kqueue' (LoopOptions.Poller, RONDO_POLLER). Choose: portable", error, StringComparison.Ordinal);
    }

    private sealed class CountingPoller : IPoller
    {
        private readonly WaitPoller _inner = new();

        public static int Waits { get; private set; }

        public void Wait(TimeSpan limit)
        {
            Waits++;
            _inner.Wait(limit);
        }

        public void Wake() => _inner.Wake();

        public void Dispose() => _inner.Dispose();
    }
}
