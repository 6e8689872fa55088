using Rondo.Services.Weather;

namespace Rondo.Services.Tests.Weather;

public sealed class CircuitBreakerTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly CircuitBreaker _circuit = new();

    [Fact]
    public void Circuit_HalfOfTenFailed_OpensAndLetsOneThroughAfter15Seconds()
    {
        for (var i = 0; i < 9; i++)
        {
            Call(i, fails: i % 2 == 0);
        }

        Assert.Equal(CircuitState.Closed, _circuit.State);
        Call(9, fails: true);

        Assert.Equal(CircuitState.Open, _circuit.State);
        Assert.False(_circuit.TryEnter(Start.AddSeconds(9 + 14.9)));
        Assert.True(_circuit.TryEnter(Start.AddSeconds(9 + 15)));
        Assert.False(_circuit.TryEnter(Start.AddSeconds(9 + 15)));
        _circuit.Succeeded(Start.AddSeconds(25));
        Assert.Equal(CircuitState.Closed, _circuit.State);
    }

    [Fact]
    public void Circuit_FailuresFurtherApartThanTheWindow_StaysClosed()
    {
        for (var i = 0; i < 30; i++)
        {
            Call(i * 4, fails: true);
        }

        Assert.Equal(CircuitState.Closed, _circuit.State);
    }

    [Fact]
    public void Circuit_ProbeFails_OpensAgain()
    {
        _circuit.Failed(Start, TimeSpan.FromSeconds(5));
        Assert.True(_circuit.TryEnter(Start.AddSeconds(5)));

        _circuit.Failed(Start.AddSeconds(6), null);

        Assert.False(_circuit.TryEnter(Start.AddSeconds(20)));
        Assert.True(_circuit.TryEnter(Start.AddSeconds(21)));
    }

    [Fact]
    public void Circuit_ProbeGivenUp_LetsTheNextOneThrough()
    {
        _circuit.Failed(Start, TimeSpan.FromSeconds(5));
        Assert.True(_circuit.TryEnter(Start.AddSeconds(5)));

        _circuit.Abandoned();

        Assert.True(_circuit.TryEnter(Start.AddSeconds(5)));
    }

    [Theory]
    [InlineData(120, 120)]
    [InlineData(1_000_000, 86_400)]
    public void Circuit_RetryAfter_IsKeptUpToADay(int asked, int kept)
    {
        _circuit.Failed(Start, TimeSpan.FromSeconds(asked));

        Assert.False(_circuit.TryEnter(Start.AddSeconds(kept - 1)));
        Assert.True(_circuit.TryEnter(Start.AddSeconds(kept)));
    }

    private void Call(double second, bool fails)
    {
        Assert.True(_circuit.TryEnter(Start.AddSeconds(second)));
        if (fails)
        {
            _circuit.Failed(Start.AddSeconds(second), null);
        }
        else
        {
            _circuit.Succeeded(Start.AddSeconds(second));
        }
    }
}
