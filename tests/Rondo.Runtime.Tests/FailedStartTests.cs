namespace Rondo.Runtime.Tests;

/// <summary>It replaces what the debug mode is made of for the whole process.</summary>
[Collection(RunsAlone.Name)]
public sealed class FailedStartTests
{
    [Fact]
    public void RunForever_ThatCannotBegin_LeavesALoopThatCanBeClosed()
    {
        var before = EventLoop.ObserverFactory;
        EventLoop.ObserverFactory = _ => new UnableObserver();
        try
        {
            using var loop = new EventLoop(new LoopOptions { Debug = true });

            Assert.Throws<InsufficientMemoryException>(loop.RunForever);

            Assert.False(loop.IsRunning);
            Assert.Null(EventLoop.Running);
            Assert.DoesNotContain(loop, EventLoop.AllRunning);
            loop.Debug = false;
            loop.RunUntilComplete(() => Task.CompletedTask);
        }
        finally
        {
            EventLoop.ObserverFactory = before;
        }
    }

    private sealed class UnableObserver : ILoopObserver
    {
        public void RunStarting() => throw new InsufficientMemoryException();

        public void RunEnded()
        {
        }

        public void PollEnded()
        {
        }

        public void CallbackStarting(object callback, object? state)
        {
        }

        public void CallbackEnded()
        {
        }

        public void TurnEnded()
        {
        }

        public void Idle()
        {
        }

        public void TaskCreated(LoopTask task)
        {
        }

        public void TaskEnded(LoopTask task)
        {
        }

        public void FailureLost(string origin, Exception error, CallStack? creation)
        {
        }

        public void TaskRenewed(LoopTask task)
        {
        }

        public void CalledFromWrongThread()
        {
        }

        public void WaitStarting()
        {
        }

        public void WaitEnded()
        {
        }

        public void Dispose()
        {
        }
    }
}
