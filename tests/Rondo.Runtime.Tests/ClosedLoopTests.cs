namespace Rondo.Runtime.Tests;

/// <summary>What comes to a loop after its end. It must not end the process, where the platform brings it.</summary>
public sealed class ClosedLoopTests
{
    [Fact]
    public void Await_ThatWouldComeBackToAClosedLoop_IsReported()
    {
        var gate = new TaskCompletionSource();
        var errors = new List<LoopError>();
        var wentOn = false;
        EventLoop.Run(
            () =>
            {
                _ = LeftOverAsync();
                return Task.CompletedTask;
            },
            new LoopOptions { ErrorHandler = errors.Add });

        gate.SetResult();

        Assert.IsType<ObjectDisposedException>(Assert.Single(errors).Exception);
        Assert.False(wentOn);

        async Task LeftOverAsync()
        {
            await gate.Task;
            wentOn = true;
        }
    }

    [Fact]
    public async Task SwitchTo_ClosedLoop_IsRefusedToTheOneWhoAwaits()
    {
        var loop = new EventLoop();
        loop.Close();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await loop.SwitchTo());
    }
}
