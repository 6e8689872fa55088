namespace Rondo.Transport.Sockets;

/// <summary>Reading from a <see cref="LoopStream"/>.</summary>
internal sealed class StreamRead(LoopStream stream) : StreamOperation(stream)
{
    private Memory<byte> _buffer;

    // Receiving is the loop thread's.
    protected override bool CanTryAnywhere => false;

    protected override string Name => "read";

    public ValueTask<int> StartAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        Enter();
        _buffer = buffer;
        return Start(cancellation, out var result) ? new(result) : new(this, Version);
    }

    // Nothing wanted: then it is done when there would be something.
    protected override Step Try(out int result)
    {
        result = _buffer.IsEmpty ? Socket.Peek() : Socket.Receive(_buffer.Span);
        if (result == LoopSocket.WouldBlock)
        {
            return Step.WouldBlock;
        }

        if (result < 0)
        {
            return Break(result);
        }

        result = Math.Min(result, _buffer.Length);
        return Step.Done;
    }

    protected override bool Wait() => Socket.WaitToReceive(this);

    protected override void Wake() => Socket.WakeReceiver();

    protected override void Forget() => _buffer = default;
}
