using System.Diagnostics;
using Rondo.Transport.Native;
using Rondo.Transport.Polling;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Polling;

/// <summary>In real time, since the kernel waits.</summary>
public sealed class EpollPollerTests : IDisposable
{
    private readonly FaultyCalls _calls = new();
    private readonly EpollPoller _poller;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public EpollPollerTests()
    {
        _poller = new EpollPoller(_calls);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    public void Dispose()
    {
        _poller.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public void Wait_WithALimit_DoesNotReturnEarly()
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < 20; i++)
        {
            _poller.Wait(TimeSpan.FromMilliseconds(1.2));
        }

        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 24, double.MaxValue);
        Assert.Equal(20, _calls.Count("epoll_wait"));
    }

    [Fact]
    public void Wake_Beforehand_EndsOneWait()
    {
        _poller.Wake();
        _poller.Wake();
        _poller.Wait(Timeout.InfiniteTimeSpan);
        _poller.Wait(TimeSpan.FromMilliseconds(1));

        Assert.Equal(1, _calls.Count("read"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Wake_FromAnotherThread_EndsAWaitWithoutLimit()
    {
        for (var i = 0; i < 100; i++)
        {
            var wait = Task.Run(() => _poller.Wait(Timeout.InfiniteTimeSpan), TestContext.Current.CancellationToken);
            _poller.Wake();
            await wait.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void Wake_Interrupted_IsNotLost()
    {
        _calls.Fail("write", Errno.Interrupted, times: 3);
        _poller.Wake();
        _poller.Wait(Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public void Wake_AfterDispose_RingsNobody()
    {
        _poller.Dispose();
        _poller.Wake();

        Assert.Equal(0, _calls.Count("write"));
    }

    [Theory]
    [InlineData(Errno.Interrupted)]
    [InlineData(Errno.NoMemory)]
    public void Wait_ThatFailsForNow_Returns(int error)
    {
        _calls.Fail("epoll_wait", error);
        _poller.Wait(Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public void Wait_ThatFailsForGood_Throws()
    {
        _calls.Fail("epoll_wait", Errno.BadDescriptor);

        Assert.Equal("epoll_wait", Assert.Throws<NativeException>(() => _poller.Wait(TimeSpan.Zero)).Call);
    }

    [Fact]
    public void Event_OfAReadySocket_ReachesItsHandlerOnce()
    {
        using var pair = new Pair(_listener);
        var handler = new Recorder();
        _poller.Add(pair.Descriptor, handler);
        pair.Peer.Send("x"u8);
        _poller.Wait(TimeSpan.FromSeconds(1));
        _poller.Wait(TimeSpan.Zero);

        // The second wait may bring the byte if the first was for room to send; a third brings nothing.
        var before = handler.Kinds.Count;
        _poller.Wait(TimeSpan.Zero);
        Assert.Equal(before, handler.Kinds.Count);
        Assert.Contains(handler.Kinds, k => (k & LinuxConstants.EpollIn) != 0);
    }

    [Fact]
    public void Event_OnItsWayWhenItsDescriptorIsRemoved_FindsNobody()
    {
        using var first = new Pair(_listener);
        using var second = new Pair(_listener);
        using var late = new Pair(_listener);
        var lateHandler = new Recorder();
        Recorder[] handlers = [new(), new()];
        var registrations = new long[2];
        int[] descriptors = [first.Descriptor, second.Descriptor];
        for (var n = 0; n < 2; n++)
        {
            // Both are ready in one wait. Whoever is first removes the other, whose slot the late one takes.
            var other = 1 - n;
            handlers[n].Then = () =>
            {
                handlers[other].Then = null;
                _poller.Remove(registrations[other], descriptors[other]);
                _poller.Add(late.Descriptor, lateHandler);
            };
            registrations[n] = _poller.Add(descriptors[n], handlers[n]);
        }

        _poller.Wait(TimeSpan.FromSeconds(1));

        Assert.Equal(1, handlers[0].Kinds.Count + handlers[1].Kinds.Count);
        Assert.Empty(lateHandler.Kinds);
        Assert.Equal(2, _poller.Count);
    }

    [Fact]
    public void Remove_Twice_LeavesTheSlotsNextUserAlone()
    {
        using var first = new Pair(_listener);
        using var second = new Pair(_listener);
        var old = _poller.Add(first.Descriptor, new Recorder());
        _poller.Remove(old, first.Descriptor);
        var handler = new Recorder();
        _poller.Add(second.Descriptor, handler);
        _poller.Remove(old, first.Descriptor);
        _poller.Wait(TimeSpan.FromSeconds(1));

        Assert.NotEmpty(handler.Kinds);
        Assert.Equal(1, _poller.Count);
    }

    [Fact]
    public void Add_ThatFails_TellsAndTakesNoSlot()
    {
        using var pair = new Pair(_listener);
        _calls.Fail($"epoll_ctl{LinuxConstants.EpollAdd}", Errno.NoMemory);

        Assert.Equal(-Errno.NoMemory, _poller.Add(pair.Descriptor, new Recorder()));
        Assert.Equal(0, _poller.Count);
    }

    [Theory]
    [InlineData("eventfd")]
    [InlineData("epoll_ctl1")]
    [InlineData("epoll_create")]
    public void Creation_ThatFails_LeavesNoDescriptor(string call)
    {
        var before = ProcessState.SocketCount;
        _calls.Fail(call, Errno.TooManyInProcess);

        Assert.Equal(
            Errno.TooManyInProcess, Assert.Throws<NativeException>(() => new EpollPoller(_calls)).Error);
        // An earlier test may have left one that is closed only now.
        Assert.InRange(ProcessState.SocketCount, 0, before);
    }

    private sealed class Recorder : IReadinessHandler
    {
        public List<uint> Kinds { get; } = [];

        public Action? Then { get; set; }

        public void OnReady(uint kinds)
        {
            Kinds.Add(kinds);
            Then?.Invoke();
        }

        public void OnLoopEnding()
        {
        }
    }

    private sealed class Pair : IDisposable
    {
        private readonly Socket _own;

        public Pair(Socket listener)
        {
            Peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            Peer.Connect(listener.LocalEndPoint!);
            _own = listener.Accept();
        }

        public Socket Peer { get; }

        public int Descriptor => (int)_own.Handle;

        public void Dispose()
        {
            _own.Dispose();
            Peer.Dispose();
        }
    }
}
