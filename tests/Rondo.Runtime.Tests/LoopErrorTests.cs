using System.Runtime.CompilerServices;

namespace Rondo.Runtime.Tests;

/// <summary>The line that says what a callback has let escape.</summary>
public sealed class LoopErrorTests
{
    [Fact]
    public void Message_OfACallback_NamesItAndTheLineThatThrew()
    {
        var errors = new List<LoopError>();
        using var loop = new EventLoop(new LoopOptions { ErrorHandler = errors.Add });
        loop.CallSoon(Fail);
        loop.CallSoon(() => { throw new FormatException("lambda"); });
        loop.CallSoon(loop.Stop);
        loop.RunForever();

        var file = File();
        Assert.Equal($"Exception in callback LoopErrorTests.Fail at {file}:{s_line}", errors[0].Message);
        Assert.Matches(
            $@"^Exception in callback LoopErrorTests\.{nameof(Message_OfACallback_NamesItAndTheLineThatThrew)}\.lambda at "
                + @".+LoopErrorTests\.cs:\d+$",
            errors[1].Message);
    }

    [Fact]
    public void Message_OfAnExceptionWithoutAStack_NamesTheCallbackAlone()
    {
        using var loop = new EventLoop();

        Assert.Equal(
            "Exception in callback Shop.Price", new LoopError(loop, "Shop.Price", new FormatException()).Message);
    }

    private static int s_line;

    private static void Fail()
    {
        s_line = Line() + 1;
        throw new FormatException("method");
    }

    private static int Line([CallerLineNumber] int line = 0) => line;

    private static string File([CallerFilePath] string path = "") => path;
}
