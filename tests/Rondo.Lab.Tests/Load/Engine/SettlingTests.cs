using System.Net;
using Rondo.Lab.Load;
using Rondo.Lab.Load.Engine;
using Rondo.Lab.Models;
using Rondo.Lab.Tests.Models;

namespace Rondo.Lab.Tests.Load.Engine;

/// <summary>A load that is measured once it has settled; its subject is real time.</summary>
public sealed class SettlingTests
{
    /// <summary>The one request begins before the measurement and ends in it.</summary>
    [Fact]
    public async Task Run_AfterSettling_CountsWhatEnds()
    {
        await using var model = new RunningModel(new LoopModel(), new HowdyHandler(WorkSpec.Parse("io:1s")!));
        var address = await model.Address;
        var plan = new LoadPlan
        {
            Url = $"http://{address}/",
            Address = IPAddress.Loopback.ToString(),
            Port = address.Port,
            Request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(),
            Connections = 1,
            Requests = 1,
            SettleSeconds = 0.2,
            Seconds = 60,
            TimeoutSeconds = 60,
            Engine = "portable",
        };

        var result = await LoadEngine.RunAsync(plan, _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal((1, 0, 0), (result.Counts.Completed, result.Counts.Failed, result.Counts.AbortedAtEnd));
        Assert.True(result.Latency.Min >= 990_000_000, "The time counts that passed before the measurement.");
        Assert.Equal(1, result.Seconds.Sum(s => s.Completed));
    }
}
