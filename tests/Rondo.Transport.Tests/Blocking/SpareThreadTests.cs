using System.Diagnostics;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Tests.Blocking;

public sealed class SpareThreadTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Give_WhileAWaitTimesOut_LosesNoJob()
    {
        // Its own thread has nobody to work for, and ends; so this one waits in its place.
        var owner = new SpareThreads(1, 1);
        owner.Dispose();
        var thread = new SpareThread(owner, "test");
        for (var n = 0; n < 500; n++)
        {
            var giving = Task.Run(() => thread.Give(new SpareJob(null, thread)), TestContext.Current.CancellationToken);
            var clock = Stopwatch.StartNew();
            SpareJob job;
            while (!thread.Wait(TimeSpan.Zero, out job))
            {
                Assert.True(clock.Elapsed < Guard, $"The job of round {n} is lost.");
            }

            Assert.Same(thread, job.State);
            await giving;
        }
    }
}
