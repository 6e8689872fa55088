using Rondo.Lab.Experiments.Planning;

namespace Rondo.Lab.Tests.Experiments.Planning;

public sealed class ForecastTests
{
    [Theory]
    [InlineData("sync", 20)]
    [InlineData("broken", 20)]
    [InlineData("pool:8", 160)]
    [InlineData("exec:32", 640)]
    [InlineData("proc:8", 160)]
    [InlineData("loop", 1280)]
    [InlineData("thread", 1280)]
    [InlineData("kestrel", 1280)]
    public void Forecast_AWaitOf50Ms_IsLimitedByWhoWaits(string model, double throughput)
    {
        var prediction = Forecast.Of(model, Forecast.QueueOf(model, 0.05, 0, 1), 64, null);

        Assert.Equal(throughput, prediction.Throughput, 1e-6);
        Assert.Equal(64 / throughput, prediction.Response!.Value, 1e-9);
    }

    [Theory]
    [InlineData("loop", 50)]
    [InlineData("sync", 50)]
    [InlineData("thread", 200)]
    [InlineData("kestrel", 200)]
    [InlineData("pool:64", 200)]
    [InlineData("pool:2", 100)]
    [InlineData("proc:8", 200)]
    public void Forecast_ComputingOf20MsOnFourProcessors_IsLimitedByThem(string model, double most) =>
        Assert.Equal(most, Forecast.QueueOf(model, 0, 0.02, 4).Capacity, 1e-9);

    /// <summary>45 ms of waiting and 5 ms of work: ten connections fill a processor.</summary>
    [Fact]
    public void Forecast_AMixOnALoop_HasItsKneeAtTenConnections() =>
        Assert.Equal(10, Forecast.QueueOf("loop", 0.045, 0.005, 1).Knee, 1e-9);

    /// <summary>Eight threads for what ten connections would fill: the other connections wait outside.</summary>
    [Fact]
    public void Forecast_AMixOnAPool_IsThatOfTheRequestsThatItAdmits()
    {
        var admitted = Forecast.QueueOf("loop", 0.045, 0.005, 1).Throughput(8);
        var pool = Forecast.Of("pool:8", Forecast.QueueOf("pool:8", 0.045, 0.005, 1), 64, null);

        Assert.Equal(admitted, pool.Throughput, 1e-9);
        Assert.Equal((8, 160.0), (pool.Servers, pool.Capacity!.Value));
        Assert.Equal(8, pool.Knee!.Value, 1e-9);
        Assert.InRange(admitted, 130, 150);
        Assert.Equal(1, Forecast.Of("pool:64", Forecast.QueueOf("pool:64", 0.045, 0.005, 1), 64, null).Servers);
    }

    [Fact]
    public void Forecast_AnOpenLoad_IsThatOfErlang()
    {
        var prediction = Forecast.Of("pool:20", Forecast.QueueOf("pool:20", 0.1, 0, 1), 256, 160);

        Assert.Equal(0.2561, prediction.WaitProbability!.Value, 1e-4);
        Assert.Equal(0.0064, prediction.Wait!.Value, 1e-5);
        Assert.Equal(160, prediction.Throughput);
        Assert.Null(Forecast.Of("pool:20", Forecast.QueueOf("pool:20", 0.1, 0, 1), 256, 220).Response);
    }
}
