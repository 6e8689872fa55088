using Rondo.Runtime.Diagnostics;

namespace Rondo.Runtime.Tests.Diagnostics;

public sealed class WrongThreadTests
{
    private readonly Reports _reports = new();

    [Fact]
    public void Call_FromAnotherThread_IsRefusedAndReportedWithBothThreads()
    {
        using var loop = new EventLoop(_reports.Options with { Name = "orders" });

        OnThread("stranger", () => Assert.Throws<InvalidOperationException>(() => loop.CallSoon(() => { })));

        var wrong = Assert.IsType<WrongThread>(Assert.Single(_reports.All));
        Assert.Contains("(stranger)", wrong.Caller, StringComparison.Ordinal);
        Assert.StartsWith($"thread {Environment.CurrentManagedThreadId}", wrong.Owner, StringComparison.Ordinal);
        Assert.Contains("WrongThreadTests.cs:line ", wrong.CalledAt, StringComparison.Ordinal);
        Assert.Contains(" has called orders, ", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Call_FromTheSamePlaceAgain_IsRefusedButNotReportedAgain()
    {
        using var loop = new EventLoop(_reports.Options);

        for (var i = 0; i < 3; i++)
        {
            OnThread("stranger", () => Assert.Throws<InvalidOperationException>(() => loop.CallSoon(() => { })));
        }

        Assert.Single(_reports.All);
    }

    [Fact]
    public void Call_ThatAnyThreadMayMake_IsNotReported()
    {
        using var loop = new EventLoop(_reports.Options);

        OnThread("stranger", () => loop.CallSoonThreadSafe(loop.Stop));
        loop.RunForever();

        Assert.Empty(_reports.All);
    }

    [Fact]
    public void Call_WithoutDebug_IsRefusedInSilence()
    {
        using var loop = new EventLoop(_reports.Options with { Debug = false });

        OnThread("stranger", () => Assert.Throws<InvalidOperationException>(() => loop.CallSoon(() => { })));

        Assert.Empty(_reports.All);
    }

    private static void OnThread(string name, Action action)
    {
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(action)) { Name = name };
        thread.Start();
        thread.Join();
        Assert.Null(error);
    }
}
