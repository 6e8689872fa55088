namespace Rondo.Runtime.Tests;

/// <summary>Ctrl-C, sent for real to a real process.</summary>
public sealed class InterruptTests
{
    [Fact]
    public async Task FirstCtrlC_CancelsMainLetsItCleanUpAndExitsWith130()
    {
        using var program = await StartAsync("plain");

        await program.InterruptAsync();

        Assert.Equal((130, "ready\ncleaning\ncleaned", ""), await program.ExitAsync());
    }

    [Fact]
    public async Task SecondCtrlC_EndsTheProcessAtOnce()
    {
        using var program = await StartAsync("stubborn");

        await program.InterruptAsync();
        await program.ReadUntilAsync("cleaning");
        await program.InterruptAsync();

        var (code, output, _) = await program.ExitAsync();
        Assert.Equal((130, "ready\ncleaning"), (code, output));
    }

    [Fact]
    public async Task MainDoesNotEndAfterCtrlC_IsNamedAfterASecond()
    {
        using var program = await StartAsync("stubborn");

        await program.InterruptAsync();

        Assert.Equal(
            "The event loop cannot end, it still waits for task main (running) after 1.0 s",
            await program.ReadErrorAsync());
    }

    [Fact]
    public async Task CtrlC_Caught_IsKeyboardInterrupt()
    {
        using var program = await StartAsync("catch");

        await program.InterruptAsync();

        Assert.Equal(
            (0, "ready\ncleaning\ncleaned\ncaught KeyboardInterruptException", ""), await program.ExitAsync());
    }

    [Fact]
    public async Task CtrlC_SwallowedByMain_LetsItReturn()
    {
        using var program = await StartAsync("swallow");

        await program.InterruptAsync();

        Assert.Equal((0, "ready\nswallowed\ncleaning\ncleaned\nreturned", ""), await program.ExitAsync());
    }

    [Fact]
    public async Task CtrlC_OptedOut_EndsTheProcessAtOnce()
    {
        using var program = await StartAsync("opted-out");

        await program.InterruptAsync();

        Assert.Equal((130, "ready", ""), await program.ExitAsync());
    }

    [Fact]
    public async Task CtrlC_WithAHandlerOfTheProgram_GoesThere()
    {
        using var program = await StartAsync("handler");

        await program.InterruptAsync();

        Assert.Equal((0, "ready\nhandled\nreturned", ""), await program.ExitAsync());
    }

    private static async Task<LoopProcess> StartAsync(string what)
    {
        var program = new LoopProcess(what);
        await program.ReadUntilAsync("ready");
        return program;
    }
}
