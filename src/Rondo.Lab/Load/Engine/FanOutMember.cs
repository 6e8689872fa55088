using Rondo.Runtime;

namespace Rondo.Lab.Load.Engine;

/// <summary>One connection of a fan-out: the one that sends, or one of those that receive.</summary>
/// <threadsafety>The loop's thread.</threadsafety>
internal sealed class FanOutMember : ILoopWork
{
    // Then the others have a turn.
    private const int MostReceives = 16;

    private readonly FanOut _owner;
    private readonly byte[] _room;
    private readonly FrameReader _reader;
    private bool _isConnected;
    private bool _isWatching;

    /// <param name="owner">Whose it is.</param>
    /// <param name="channel">What carries its bytes.</param>
    /// <param name="room">Where to receive into; all members may share it.</param>
    public FanOutMember(FanOut owner, ClientChannel channel, byte[] room)
    {
        (_owner, Channel, _room, _reader) = (owner, channel, room, new FrameReader(owner.KeptBytes));
        _reader.Start(isHead: false);
    }

    public ClientChannel Channel { get; }

    public bool IsClosed { get; private set; }

    /// <summary>Whether it takes part, or has failed to.</summary>
    public bool IsDecided { get; private set; }

    /// <summary>The last message that it was given, -1 before the first.</summary>
    public long LastMessage { get; set; } = -1;

    /// <summary>How many messages it was given, or is no longer waited for with.</summary>
    public long Delivered { get; set; }

    public long BytesReceived { get; private set; }

    /// <summary>When it began to connect, by <see cref="LoadClock"/>.</summary>
    public long ConnectStart { get; private set; }

    public void Connect()
    {
        ConnectStart = LoadClock.Now;
        var outcome = Channel.Connect(this);
        if (outcome < 0)
        {
            Decide(outcome);
        }
    }

    /// <summary>The connect is decided, or there is something to receive.</summary>
    public void Run()
    {
        _isWatching = false;
        if (IsClosed)
        {
            return;
        }

        if (!_isConnected)
        {
            var outcome = Channel.FinishConnect();
            if (outcome == ClientChannel.WouldBlock)
            {
                return;
            }

            Decide(outcome);
        }

        for (var i = 0; i < MostReceives && !IsClosed; i++)
        {
            var count = Channel.Receive(_room);
            if (count == ClientChannel.WouldBlock)
            {
                Watch();
                return;
            }

            if (count <= 0)
            {
                Close(count == 0 ? "the server closed the connection" : "the connection was reset");
                return;
            }

            Take(_room.AsSpan(0, count));
        }

        if (!IsClosed)
        {
            Channel.Loop.TryDispatch(this);
        }
    }

    public void Close(string? problem)
    {
        if (!IsClosed)
        {
            IsClosed = true;
            Channel.Abandon();
            _owner.OnClosed(this, problem);
        }
    }

    /// <summary>Says goodbye where that is possible at once, and closes.</summary>
    public void End()
    {
        if (!IsClosed && _isConnected)
        {
            Channel.Send(MessageFrame.Goodbye().Mask(0));
        }

        IsClosed = true;
        Channel.Abandon();
    }

    private void Decide(int outcome)
    {
        _isConnected = outcome == 0;
        if (_isConnected && _owner.FirstMessage is { } first)
        {
            // It takes part once that is answered.
            var bytes = first.Mask(_owner.NextMask());
            if (Channel.Send(bytes) != bytes.Length)
            {
                Close("the first message could not be sent at once");
            }

            return;
        }

        IsDecided = true;
        IsClosed = outcome < 0;
        if (IsClosed)
        {
            Channel.Abandon();
        }

        _owner.OnDecided(this, outcome);
    }

    private void OnMessage()
    {
        if (IsDecided)
        {
            _owner.OnMessage(this, _reader.BodyBytes, _reader.Begin);
        }
        else
        {
            IsDecided = true;
            _owner.OnDecided(this, outcome: 0);
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        BytesReceived += bytes.Length;
        while (!bytes.IsEmpty)
        {
            var step = _reader.Read(bytes, out var used);
            bytes = bytes[used..];
            if (_reader.OwedPong is { } ping)
            {
                _reader.OwedPong = null;
                var pong = new MessageFrame(ping, FrameKind.Pong).Mask(_owner.NextMask());
                if (_owner.IsSending(this) || Channel.Send(pong) != pong.Length)
                {
                    // In the middle of a message there is no room for it; the server asks again.
                    continue;
                }
            }

            if (step == ResponseStep.Complete)
            {
                OnMessage();
                _reader.Start(isHead: false);
            }
            else if (step != ResponseStep.More)
            {
                Close(_reader.Problem);
                return;
            }
        }
    }

    private void Watch()
    {
        if (_isWatching)
        {
            return;
        }

        _isWatching = true;
        if (!Channel.WaitToReceive(this))
        {
            Channel.Loop.TryDispatch(this);
        }
    }
}
