using Rondo.Lab.Statistics;

namespace Rondo.Lab.Tests.Statistics;

/// <summary>Figures of textbooks, and what follows from them.</summary>
public sealed class QueueTests
{
    [Theory]
    [InlineData(8, 0.1, 1, 0.8, 0.5)]
    [InlineData(1, 1, 2, 1.0 / 3, 4.0 / 3)]
    [InlineData(160, 0.1, 20, 0.2561, 0.1064)]
    public void OpenQueue_KnownCases_GiveTheKnownFigures(
        double arrivals, double service, int servers, double waits, double response)
    {
        var queue = new OpenQueue(arrivals, service, servers);

        Assert.Equal(waits, queue.WaitProbability, 1e-4);
        Assert.Equal(response, queue.Response, 1e-4);
        Assert.Equal(queue.WaitProbability, queue.WaitsLonger(0), 1e-12);
        Assert.True(queue.WaitsLonger(1) < queue.WaitProbability);
    }

    [Fact]
    public void OpenQueue_MoreThanItsServersCanDo_WaitsForEver()
    {
        var queue = new OpenQueue(110, 0.01, 1);

        Assert.Equal((1.0, double.PositiveInfinity, 1.0), (queue.WaitProbability, queue.Response, queue.WaitsLonger(60)));
    }

    [Fact]
    public void ErlangB_TwoServersForALoadOfOne_BlocksOneInFive() => Assert.Equal(0.2, OpenQueue.ErlangB(1, 2), 1e-12);

    /// <summary>Poisson arrivals and exponential service vary by 1 each, and then it is M/M/1.</summary>
    [Fact]
    public void KingmanWait_OfOneServer_AgreesWithTheExactOne()
    {
        Assert.Equal(new OpenQueue(8, 0.1, 1).Wait, OpenQueue.KingmanWait(0.8, 0.1, 1, 1), 1e-12);
        Assert.Equal(new OpenQueue(8, 0.1, 1).Wait / 2, OpenQueue.KingmanWait(0.8, 0.1, 1, 0), 1e-12);
    }

    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 40)]
    [InlineData(4, 80)]
    [InlineData(8, 80)]
    [InlineData(64, 80)]
    public void ClosedQueue_FourServersOf50Ms_GiveTheKnownThroughput(int clients, double throughput)
    {
        var queue = new ClosedQueue(0, 0.05, 4);

        Assert.Equal(throughput, queue.Throughput(clients), 1e-9);
        Assert.Equal(throughput, queue.ThroughputBound(clients), 1e-9);
        Assert.Equal(clients / throughput, queue.CycleBound(clients), 1e-9);
        Assert.Equal(4, queue.Knee, 1e-12);
    }

    /// <summary>Delay and service of a second: of two clients each waits for the other half of the time, 1.5 s.</summary>
    [Fact]
    public void ClosedQueue_TwoClients_AgreeWithTheCalculationByHand() =>
        Assert.Equal(0.8, new ClosedQueue(1, 1, 1).Throughput(2), 1e-12);

    [Theory]
    [InlineData(0.045, 0.005, 1)]
    [InlineData(0.05, 0.0001, 1)]
    [InlineData(1, 0.1, 16)]
    public void ClosedQueue_Throughput_GrowsToItsBoundsAndNeverBeyond(double delay, double held, int servers)
    {
        var queue = new ClosedQueue(delay, held, servers);
        var before = 0.0;

        foreach (var clients in Enumerable.Range(0, 13).Select(i => 1 << i))
        {
            var throughput = queue.Throughput(clients);
            Assert.InRange(throughput, before, queue.ThroughputBound(clients) * (1 + 1e-9));
            before = throughput;
        }

        Assert.Equal(1 / (delay + held), queue.Throughput(1), 1e-9);
        Assert.Equal(queue.Capacity, queue.Throughput(100_000), queue.Capacity * 1e-6);
    }

    /// <summary>The recursion over the number of clients, as it stands in textbooks; exact for few clients.</summary>
    [Theory]
    [InlineData(0.5, 0.1, 1)]
    [InlineData(0.5, 0.1, 3)]
    public void ClosedQueue_Throughput_IsThatOfMeanValueAnalysis(double delay, double held, int servers)
    {
        double[] at = [1];
        for (var clients = 1; clients <= 12; clients++)
        {
            var response = Enumerable.Range(1, clients).Sum(j => j * held / Math.Min(j, servers) * at[j - 1]);
            var throughput = clients / (delay + response);
            var next = new double[clients + 1];
            for (var j = 1; j <= clients; j++)
            {
                next[j] = throughput * held / Math.Min(j, servers) * at[j - 1];
            }

            next[0] = 1 - next.Sum();
            at = next;

            Assert.Equal(throughput, new ClosedQueue(delay, held, servers).Throughput(clients), 1e-9);
        }
    }

    [Fact]
    public void ClosedQueue_AThreadForEach_IsLimitedByNothing()
    {
        var queue = new ClosedQueue(0, 0.05, null);

        Assert.Equal(20_480, queue.Throughput(1024), 1e-6);
        Assert.Equal(double.PositiveInfinity, queue.Knee);
    }
}
