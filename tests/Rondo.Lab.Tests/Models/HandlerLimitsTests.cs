using Rondo.Lab.Models;

namespace Rondo.Lab.Tests.Models;

public sealed class HandlerLimitsTests
{
    [Fact]
    public async Task Admitted_OneMoreThanThat_IsRefused()
    {
        var inner = new WaitingHandler();
        var handler = new HandlerLimits(1, null, null, default).Around(inner);

        var first = handler.AnswerAsync("/");
        var refused = await handler.AnswerAsync("/");
        inner.Go.SetResult();

        Assert.Equal(503, refused.Status);
        Assert.Equal(200, (await first).Status);
        Assert.Equal(200, (await handler.AnswerAsync("/")).Status);
    }

    [Fact]
    public async Task Slots_OneMoreThanThat_Waits()
    {
        var inner = new WaitingHandler();
        var handler = new HandlerLimits(null, 1, null, default).Around(inner);

        var first = handler.AnswerAsync("/").AsTask();
        var second = handler.AnswerAsync("/").AsTask();

        Assert.Equal(1, inner.Started);
        Assert.False(second.IsCompleted);
        inner.Go.SetResult();
        await Task.WhenAll(first, second);
        Assert.Equal(2, inner.Started);
    }

    [Theory]
    [InlineData("100:100ms", 100, 100)]
    [InlineData("1:1s", 1, 1000)]
    public void Stall_IsRead(string text, int every, int milliseconds) =>
        Assert.Equal((every, TimeSpan.FromMilliseconds(milliseconds)), HandlerLimits.ParseStall(text));

    [Theory]
    [InlineData("")]
    [InlineData("100")]
    [InlineData("0:1s")]
    [InlineData("1:x")]
    public void Stall_OtherText_IsNone(string text) => Assert.Null(HandlerLimits.ParseStall(text));

    [Fact]
    public void None_LeavesTheHandlerAlone()
    {
        var inner = new HowdyHandler(WorkSpec.Default);

        Assert.Same(inner, new HandlerLimits(null, null, null, default).Around(inner));
    }

    private sealed class WaitingHandler : IRequestHandler
    {
        public TaskCompletionSource Go { get; } = new();

        public int Started { get; private set; }

        public HttpAnswer AnswerBlocking(string target) => "ok";

        public async ValueTask<HttpAnswer> AnswerAsync(string target)
        {
            Started++;
            await Go.Task;
            return "ok";
        }
    }
}
