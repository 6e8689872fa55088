using System.Runtime.InteropServices;

namespace Rondo.Transport.Native;

/// <summary>
/// The system calls that sockets and pollers make, with safe signatures: each returns what the kernel returns, and a
/// failure as the negated error number. Virtual, so that a test can make any of them fail.
/// </summary>
internal unsafe partial class LinuxCalls
{
    /// <summary>At most this many blocks go into one <see cref="SendBlocks"/>.</summary>
    public const int MostBlocks = 64;

    public virtual int Socket(int family, int type, int protocol) => Outcome(socket(family, type, protocol));

    public virtual int Bind(int descriptor, ReadOnlySpan<byte> address)
    {
        fixed (byte* at = address)
        {
            return Outcome(bind(descriptor, at, (uint)address.Length));
        }
    }

    /// <summary>Starts to connect; a socket that does not block answers that it is under way.</summary>
    public virtual int Connect(int descriptor, ReadOnlySpan<byte> address)
    {
        fixed (byte* at = address)
        {
            return Outcome(connect(descriptor, at, (uint)address.Length));
        }
    }

    /// <summary>Takes the error that the kernel keeps for a socket, as that of a connect: positive, or 0.</summary>
    public virtual int TakeError(int descriptor)
    {
        int error;
        uint size = sizeof(int);
        var outcome = Outcome(
            getsockopt(descriptor, LinuxConstants.SolSocket, LinuxConstants.SoError, &error, &size));
        return outcome < 0 ? outcome : error;
    }

    public virtual int Listen(int descriptor, int backlog) => Outcome(listen(descriptor, backlog));

    /// <summary>The descriptor of the next connection, which does not block and is closed on exec.</summary>
    /// <param name="descriptor">A listening socket.</param>
    /// <param name="address">Receives the peer's address.</param>
    /// <param name="length">How long that is.</param>
    public virtual int Accept(int descriptor, Span<byte> address, out int length)
    {
        var size = (uint)address.Length;
        fixed (byte* at = address)
        {
            var accepted = accept4(descriptor, at, &size, LinuxConstants.SockNonBlock | LinuxConstants.SockCloseOnExec);
            length = (int)Math.Min(size, (uint)address.Length);
            return Outcome(accepted);
        }
    }

    public virtual int Receive(int descriptor, Span<byte> into)
    {
        fixed (byte* at = into)
        {
            return FrequentOutcome((int)recv(descriptor, at, (nuint)into.Length, 0));
        }
    }

    /// <summary>What receiving one byte would answer, without taking it.</summary>
    public virtual int Peek(int descriptor)
    {
        byte taken;
        return FrequentOutcome((int)recv(descriptor, &taken, 1, LinuxConstants.MsgPeek));
    }

    public virtual int Send(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* at = bytes)
        {
            return FrequentOutcome((int)send(descriptor, at, (nuint)bytes.Length, LinuxConstants.MsgNoSignal));
        }
    }

    /// <summary>Sends several blocks with one call.</summary>
    /// <param name="descriptor">A connected socket.</param>
    /// <param name="blocks">At most <see cref="MostBlocks"/>; they are pinned for the time of the call.</param>
    public virtual int SendBlocks(int descriptor, ReadOnlySpan<ReadOnlyMemory<byte>> blocks)
    {
        var vectors = stackalloc Vector[MostBlocks];
        return SendPinned(descriptor, blocks[..Math.Min(blocks.Length, MostBlocks)], vectors, 0);
    }

    public virtual int Shutdown(int descriptor, int how) => Outcome(shutdown(descriptor, how));

    public virtual int Close(int descriptor) => Outcome(close(descriptor));

    public virtual int SetOption(int descriptor, int level, int name, ReadOnlySpan<byte> value)
    {
        fixed (byte* at = value)
        {
            return Outcome(setsockopt(descriptor, level, name, at, (uint)value.Length));
        }
    }

    public int SetOption(int descriptor, int level, int name, int value) =>
        SetOption(descriptor, level, name, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(ref value)));

    /// <summary>Keeps an inherited descriptor from blocking.</summary>
    public virtual int SetNonBlocking(int descriptor)
    {
        var flags = Outcome(fcntl(descriptor, LinuxConstants.GetFlags, 0));
        return flags < 0 ? flags : Outcome(
            fcntl(descriptor, LinuxConstants.SetFlags, flags | LinuxConstants.SockNonBlock));
    }

    public virtual int LocalName(int descriptor, Span<byte> address, out int length)
    {
        var size = (uint)address.Length;
        fixed (byte* at = address)
        {
            var outcome = Outcome(getsockname(descriptor, at, &size));
            length = (int)Math.Min(size, (uint)address.Length);
            return outcome;
        }
    }

    /// <summary>How many descriptors this process may have (<c>RLIMIT_NOFILE</c>).</summary>
    public virtual int DescriptorLimit()
    {
        var limits = stackalloc nuint[2];
        var outcome = Outcome(getrlimit(LinuxConstants.ResourceDescriptors, limits));
        return outcome < 0 ? outcome : (int)Math.Min(limits[0], int.MaxValue);
    }

    public virtual int EpollCreate() => Outcome(epoll_create1(LinuxConstants.EpollCloseOnExec));

    public virtual int EpollControl(int epoll, int operation, int descriptor, uint events, ulong data)
    {
        var wanted = stackalloc uint[4];
        EpollEvents.Write(new Span<uint>(wanted, 4), events, data);
        return Outcome(epoll_ctl(epoll, operation, descriptor, wanted));
    }

    public virtual int EventDescriptor() =>
        Outcome(eventfd(0, LinuxConstants.SockNonBlock | LinuxConstants.SockCloseOnExec));

    /// <summary>Adds one to an event descriptor.</summary>
    public virtual int Ring(int descriptor)
    {
        ulong one = 1;
        return Outcome((int)write(descriptor, &one, sizeof(ulong)));
    }

    /// <summary>Sets an event descriptor back to zero.</summary>
    public virtual int Quiet(int descriptor)
    {
        ulong count;
        return Outcome((int)read(descriptor, &count, sizeof(ulong)));
    }

    // One frame for each block: what is fixed needs no handle, which would cost more than the block's share of the call.
    private static int SendPinned(
        int descriptor, ReadOnlySpan<ReadOnlyMemory<byte>> blocks, Vector* vectors, int count)
    {
        if (count == blocks.Length)
        {
            var message = new Message { Vectors = (nint)vectors, VectorCount = (nuint)count };
            return FrequentOutcome((int)sendmsg(descriptor, &message, LinuxConstants.MsgNoSignal));
        }

        fixed (byte* at = blocks[count].Span)
        {
            vectors[count] = new Vector { Base = (nint)at, Length = (nuint)blocks[count].Length };
            return SendPinned(descriptor, blocks, vectors, count + 1);
        }
    }

    // The marshaller keeps errno from before anything else of the runtime can touch it.
    private static int Outcome(int result) => result >= 0 ? result : -Marshal.GetLastPInvokeError();

    // As the marshaller asks for it, but only after a failure: for what every request calls, setting and keeping errno
    // costs more than the rest of the marshalling.
    private static int FrequentOutcome(int result) => result >= 0 ? result : -Marshal.GetLastSystemError();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int descriptor, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int descriptor, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int descriptor, int level, int name, void* value, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int listen(int descriptor, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept4(int descriptor, byte* address, uint* length, int flags);

    [LibraryImport("libc")]
    private static partial nint recv(int descriptor, byte* into, nuint length, int flags);

    [LibraryImport("libc")]
    private static partial nint send(int descriptor, byte* bytes, nuint length, int flags);

    [LibraryImport("libc")]
    private static partial nint sendmsg(int descriptor, Message* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int shutdown(int descriptor, int how);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int descriptor, int level, int name, byte* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockname(int descriptor, byte* address, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int resource, nuint* limits);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, uint* wanted);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, void* bytes, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, void* into, nuint length);

    // struct iovec
    private struct Vector
    {
        public nint Base;
        public nuint Length;
    }

    // struct msghdr
    private struct Message
    {
        public nint Name;
        public uint NameLength;
        public nint Vectors;
        public nuint VectorCount;
        public nint Control;
        public nuint ControlLength;
        public int Flags;
    }
}
