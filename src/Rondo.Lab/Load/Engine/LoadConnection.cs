using Rondo.Runtime;

namespace Rondo.Lab.Load.Engine;

/// <summary>
/// One connection of a load thread, and the request on it. Times are nanoseconds since the run began. The loop runs it
/// when there may be something to receive.
/// </summary>
internal sealed class LoadConnection : ILoopWork
{
    public ConnectionState State;

    /// <summary>Whether a request is under way on it, be it only connecting.</summary>
    public bool HasRequest;

    /// <summary>From when the request counts.</summary>
    public long Start;

    /// <summary>When its first byte was sent.</summary>
    public long SentAt;

    public long FirstByteAt;
    public long ConnectStart;

    /// <summary>How long connecting took for the request under way; 0 on a connection that was open.</summary>
    public long ConnectTime;

    /// <summary>When it last became free.</summary>
    public long FreeSince;

    /// <summary>When the pause before its next request ends.</summary>
    public long PauseEnd;

    /// <summary>When to connect again after a failure; 0 for not.</summary>
    public long RetryAt;

    /// <summary>How much of the request is sent.</summary>
    public int Sent;

    /// <summary>Whether the loop will run it, now or when something comes.</summary>
    public bool IsWoken;

    private readonly LoadThread _owner;
    private readonly MessageFrame? _frame;

    /// <param name="owner">Whose it is.</param>
    /// <param name="slot">Its number there.</param>
    /// <param name="channel">What carries its bytes.</param>
    /// <param name="request">What to send.</param>
    /// <param name="frame">The message to send instead; null for HTTP.</param>
    public LoadConnection(LoadThread owner, int slot, ClientChannel channel, byte[] request, MessageFrame? frame)
    {
        (_owner, Slot, Channel, Request, _frame) = (owner, slot, channel, request, frame);
        Reader = frame is null ? new ResponseReader() : Frames = new FrameReader();
        Sending = new SendingSide(this);
    }

    public int Slot { get; }

    public ClientChannel Channel { get; }

    /// <summary>What the loop runs when a connect is decided or there is room to send.</summary>
    public ILoopWork Sending { get; }

    public AnswerReader Reader { get; }

    /// <summary>The same if it reads WebSocket.</summary>
    public FrameReader? Frames { get; }

    /// <summary>The bytes that ask.</summary>
    public byte[] Request { get; private set; }

    public void Run() => _owner.OnReadable(this);

    /// <summary>
    /// Has the loop run it when something comes. Never runs it inline: a server that is always faster than we are must
    /// not make us recurse.
    /// </summary>
    public void WakeWhenReadable()
    {
        if (!IsWoken && !Channel.WaitToReceive(this))
        {
            WakeSoon();
        }

        IsWoken = true;
    }

    /// <summary>Has the loop run it after the others.</summary>
    public void WakeSoon()
    {
        IsWoken = true;
        Channel.Loop.TryDispatch(this);
    }

    /// <summary>Puts a message under a new mask, as the protocol wants it for each.</summary>
    public void Mask(Random random)
    {
        if (_frame is not null)
        {
            Request = _frame.Mask((uint)random.NextInt64());
        }
    }

    /// <summary>Says that the end of a WebSocket is meant, where that is possible at once.</summary>
    public void SayGoodbye()
    {
        if (Frames is not null && State is (ConnectionState.Idle or ConnectionState.Receiving))
        {
            Channel.Send(MessageFrame.Goodbye().Mask(0));
        }
    }

    public void Close()
    {
        Channel.Abandon();
        Reader.Reset();
        State = ConnectionState.Closed;
        IsWoken = false;
    }

    private sealed class SendingSide(LoadConnection connection) : ILoopWork
    {
        public void Run() => connection._owner.OnWritable(connection);
    }
}
