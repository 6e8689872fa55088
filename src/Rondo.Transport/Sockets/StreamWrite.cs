namespace Rondo.Transport.Sockets;

/// <summary>Writing to a <see cref="LoopStream"/>.</summary>
internal sealed class StreamWrite(LoopStream stream) : StreamOperation(stream)
{
    private const int MostBytesAtOnce = 1024 * 1024;

    private ReadOnlyMemory<byte> _left;

    protected override bool CanTryAnywhere => true;

    protected override string Name => "write";

    /// <summary>Whether our side has said its end.</summary>
    public bool IsFinished { get; private set; }

    public ValueTask StartAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        Enter();
        if (IsFinished)
        {
            Leave();
            throw new InvalidOperationException("This end was closed for writing.");
        }

        _left = bytes;
        return Start(cancellation, out _) ? default : new(this, Version);
    }

    /// <summary>Nothing more will be written.</summary>
    /// <returns>Whether this is new.</returns>
    public bool Finish()
    {
        Enter();
        var isNew = !IsFinished;
        IsFinished = true;
        Leave();
        return isNew;
    }

    protected override Step Try(out int result)
    {
        result = 0;
        while (!_left.IsEmpty)
        {
            if (result >= MostBytesAtOnce)
            {
                return Step.Yields;
            }

            var count = Socket.Send(_left.Span);
            if (count == LoopSocket.WouldBlock)
            {
                return Step.WouldBlock;
            }

            if (count < 0)
            {
                return Break(count);
            }

            _left = _left[count..];
            result += count;
        }

        return Step.Done;
    }

    protected override bool Wait() => Socket.WaitToSend(this);

    protected override void Wake() => Socket.WakeSender();

    protected override void Forget() => _left = default;
}
