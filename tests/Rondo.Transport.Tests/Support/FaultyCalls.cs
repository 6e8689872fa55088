using System.Collections.Concurrent;
using Rondo.Transport.Native;

namespace Rondo.Transport.Tests.Support;

/// <summary>System calls that fail on request. A failed call does nothing, except that <c>close</c> closes.</summary>
internal sealed class FaultyCalls : LinuxCalls
{
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly ConcurrentDictionary<string, Fault> _faults = new();

    /// <summary>Called within every <c>send</c>.</summary>
    public Action? WhileSending { get; set; }

    /// <summary>How often a call was made, failed ones included.</summary>
    public int Count(string call) => _counts.GetValueOrDefault(call);

    /// <summary>Lets the next calls of this kind fail; or one in so many.</summary>
    public void Fail(string call, int error, int times = 1, int oneIn = 1) =>
        _faults[call] = new Fault(error, times, oneIn);

    public void Heal() => _faults.Clear();

    public override int Socket(int family, int type, int protocol) =>
        Fails("socket") is var e and < 0 ? e : base.Socket(family, type, protocol);

    public override int Bind(int descriptor, ReadOnlySpan<byte> address) =>
        Fails($"bind{address[0]}") is var e and < 0 ? e : base.Bind(descriptor, address);

    public override int Connect(int descriptor, ReadOnlySpan<byte> address) =>
        Fails("connect") is var e and < 0 ? e : base.Connect(descriptor, address);

    public override int TakeError(int descriptor) =>
        Fails("getsockopt") is var e and < 0 ? e : base.TakeError(descriptor);

    public override int Listen(int descriptor, int backlog) =>
        Fails("listen") is var e and < 0 ? e : base.Listen(descriptor, backlog);

    public override int Accept(int descriptor, Span<byte> address, out int length)
    {
        length = 0;
        return Fails("accept") is var e and < 0 ? e : base.Accept(descriptor, address, out length);
    }

    public override int Receive(int descriptor, Span<byte> into) =>
        Fails("recv") is var e and < 0 ? e : base.Receive(descriptor, into);

    public override int Peek(int descriptor) => Fails("peek") is var e and < 0 ? e : base.Peek(descriptor);

    public override int Send(int descriptor, ReadOnlySpan<byte> bytes)
    {
        WhileSending?.Invoke();
        return Fails("send") is var e and < 0 ? e : base.Send(descriptor, bytes);
    }

    public override int SendBlocks(int descriptor, ReadOnlySpan<ReadOnlyMemory<byte>> blocks) =>
        Fails("sendmsg") is var e and < 0 ? e : base.SendBlocks(descriptor, blocks);

    public override int Shutdown(int descriptor, int how) =>
        Fails("shutdown") is var e and < 0 ? e : base.Shutdown(descriptor, how);

    public override int Close(int descriptor)
    {
        var outcome = base.Close(descriptor);
        return Fails("close") is var e and < 0 ? e : outcome;
    }

    public override int SetOption(int descriptor, int level, int name, ReadOnlySpan<byte> value) =>
        Fails("setsockopt") is var e and < 0 ? e : base.SetOption(descriptor, level, name, value);

    public override int LocalName(int descriptor, Span<byte> address, out int length)
    {
        length = 0;
        return Fails("getsockname") is var e and < 0 ? e : base.LocalName(descriptor, address, out length);
    }

    /// <summary>What the process may have; null for what is true.</summary>
    public int? Descriptors { get; set; }

    public override int DescriptorLimit() => Descriptors ?? base.DescriptorLimit();

    public override int EpollCreate() => Fails("epoll_create") is var e and < 0 ? e : base.EpollCreate();

    public override int EpollControl(int epoll, int operation, int descriptor, uint events, ulong data) =>
        Fails($"epoll_ctl{operation}") is var e and < 0
            ? e
            : base.EpollControl(epoll, operation, descriptor, events, data);

    public override int EpollWait(int epoll, EpollEvents events, TimeSpan limit) =>
        Fails("epoll_wait") is var e and < 0 ? e : base.EpollWait(epoll, events, limit);

    public override int EventDescriptor() => Fails("eventfd") is var e and < 0 ? e : base.EventDescriptor();

    public override int Ring(int descriptor) => Fails("write") is var e and < 0 ? e : base.Ring(descriptor);

    public override int Quiet(int descriptor) => Fails("read") is var e and < 0 ? e : base.Quiet(descriptor);

    private int Fails(string call)
    {
        var count = _counts.AddOrUpdate(call, 1, (_, n) => n + 1);
        return _faults.TryGetValue(call, out var fault) && count % fault.OneIn == 0 && fault.TryTake()
            ? -fault.Error
            : 0;
    }

    private sealed class Fault(int error, int times, int oneIn)
    {
        private int _left = times;

        public int Error => error;

        public int OneIn => oneIn;

        public bool TryTake() => Interlocked.Decrement(ref _left) >= 0;
    }
}
