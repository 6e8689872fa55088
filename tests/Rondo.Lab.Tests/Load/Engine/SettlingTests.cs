using System.Net;
using Rondo.Lab.Load;
using Rondo.Lab.Load.Engine;
using Rondo.Lab.Models;
using Rondo.Lab.Tests.Models;

namespace Rondo.Lab.Tests.Load.Engine;

/// <summary>A load that is measured once it has settled; its subject is real time.</summary>
public sealed class SettlingTests
{
    /// <summary>
    /// Requests of 1 s, measured for 1.3 s: of those that start in it at most one for each connection would end in
    /// it. Those that were under way make up for it, so that throughput times time is the number of connections.
    /// </summary>
    [Fact]
    public async Task Run_AfterSettling_CountsWhatEnds()
    {
        await using var model = new RunningModel(
            new LoopModel(), new HowdyHandler(WorkSpec.Parse("io:1s")!));
        var address = await model.Address;
        var plan = new LoadPlan
        {
            Url = $"http://{address}/",
            Address = IPAddress.Loopback.ToString(),
            Port = address.Port,
            Request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(),
            Connections = 30,
            RampSeconds = 0.9,
            SettleSeconds = 0.3,
            Seconds = 1.3,
            Engine = "portable",
        };

        var result = await LoadEngine.RunAsync(plan, _ => { }, TestContext.Current.CancellationToken);

        Assert.InRange(result.Counts.Completed, 31, 60);
        Assert.Equal(30, result.Counts.AbortedAtEnd);
        Assert.InRange(LoadChecks.Busy(plan, result), 24, 36);
        Assert.Equal(result.Counts.Completed, result.Seconds.Sum(s => s.Completed));
    }
}
