using Rondo.Runtime;
using Rondo.Runtime.Testing;

namespace Rondo.Xunit.Tests;

/// <summary>Tests that do not pass. <see cref="ReportTests"/> runs them in a process of their own.</summary>
public sealed class Samples
{
    [VirtualFact(Explicit = true, Seeds = 20)]
    public async Task FailsForSomeSeeds(VirtualLoop test)
    {
        var seen = new List<string>();
        test.Loop.CallLater(TimeSpan.FromSeconds(1), () => seen.Add("first"));
        test.Loop.CallLater(TimeSpan.FromSeconds(1), () => seen.Add("second"));
        await test.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(["first", "second"], seen);
    }

    [VirtualFact(Explicit = true)]
    public Task Deadlocks() => new TaskCompletionSource().Task;

    [VirtualFact(Explicit = true)]
    public async Task HopsOverThePool()
    {
        using var suspended = new ManualResetEventSlim();
        EventLoop.Running!.CallSoon(suspended.Set);
        await Task.Run(() => suspended.Wait(CancellationToken.None), CancellationToken.None);
    }

    [VirtualFact(Explicit = true)]
    public async Task ThrowsAfterAWhile()
    {
        await EventLoop.Running!.Delay(TimeSpan.FromHours(1));
        throw new InvalidOperationException("after an hour");
    }

    [VirtualFact(Explicit = true, Seed = 3)]
    public Task SkipsItself()
    {
        Assert.Skip("not today");
        return Task.CompletedTask;
    }

    [VirtualFact(Explicit = true, Skip = "never")]
    public Task IsSkipped() => throw new InvalidOperationException("This does not run.");

    [VirtualFact(Explicit = true)]
    public Task TakesWhatItCannotHave(int number) => Task.FromResult(number);
}
