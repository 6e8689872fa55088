using Rondo.Services.Gateway;
using Rondo.Services.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway;

public sealed class InstanceCircuitTests
{
    private readonly ManualTime _time = new(TestServer.Friday);
    private readonly InstanceLoad _load = new();

    [Theory]
    [InlineData(6, 3, false)]
    [InlineData(7, 3, true)]
    [InlineData(8, 3, false)]
    [InlineData(0, 9, false)]
    [InlineData(0, 10, true)]
    public void Failures_ThreeOfTenOfAtLeastTen_OpenIt(int good, int bad, bool isOpen)
    {
        using var circuit = new InstanceCircuit(_time, _load);

        Count(circuit, good, bad);

        Assert.Equal(
            (isOpen ? CircuitPhase.Open : CircuitPhase.Closed, isOpen, !isOpen),
            (circuit.Phase, _load.IsShut, circuit.TryEnter()));
    }

    [Fact]
    public void Failures_OfAMinuteAgo_CountNoMore()
    {
        using var circuit = new InstanceCircuit(_time, _load);
        Count(circuit, 0, 9);
        _time.Advance(TimeSpan.FromSeconds(61));

        Count(circuit, 0, 9);

        Assert.Equal(CircuitPhase.Closed, circuit.Phase);
    }

    [Fact]
    public void Open_AfterTenSeconds_LetsAGrowingShareIn()
    {
        using var circuit = new InstanceCircuit(_time, _load);
        Count(circuit, 0, 10);
        _time.Advance(InstanceCircuit.OpenTime);

        Assert.False(_load.IsShut);
        Assert.True(circuit.TryEnter());
        var early = Enumerable.Range(0, 100).Count(_ => circuit.TryEnter());
        _time.Advance(InstanceCircuit.RecoveryTime * 0.8);
        var late = Enumerable.Range(0, 100).Count(_ => circuit.TryEnter());

        Assert.Equal(CircuitPhase.HalfOpen, circuit.Phase);
        Assert.InRange(early, 3, 7);
        Assert.InRange(late, 75, 85);
        _time.Advance(InstanceCircuit.RecoveryTime * 0.2);
        Assert.True(circuit.TryEnter());
        Assert.Equal((CircuitPhase.Closed, 1.0), (circuit.Phase, circuit.Share));
    }

    [Fact]
    public void HalfOpen_OneFailure_OpensItAgain()
    {
        using var circuit = new InstanceCircuit(_time, _load);
        Count(circuit, 0, 10);
        _time.Advance(InstanceCircuit.OpenTime);
        Assert.True(circuit.TryEnter());

        circuit.Failed();

        Assert.Equal((CircuitPhase.Open, InstanceCircuit.OpenTime, true), (circuit.Phase, circuit.Left, _load.IsShut));
    }

    private void Count(InstanceCircuit circuit, int good, int bad)
    {
        for (var i = 0; i < good; i++)
        {
            circuit.Succeeded(_time.GetTimestamp());
        }

        for (var i = 0; i < bad; i++)
        {
            circuit.Failed();
        }
    }
}
