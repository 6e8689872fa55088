using System.Buffers;
using System.Net.Security;
using Rondo.Transport.Sockets;

namespace Rondo.Services.Gateway.Upstream;

/// <summary>
/// A connection to an upstream: its stream, what was received and not used yet, and the moment by which something must
/// have happened.
/// </summary>
/// <threadsafety>
/// One user at a time; <see cref="Abandon"/> and <see cref="EndIfLate"/> on any thread, any time.
/// </threadsafety>
internal sealed class UpstreamConnection
{
    private const int SmallBuffer = 16 * 1024;
    private const int LargeBuffer = AnswerHead.MostBytes;
    private const long NoDeadline = long.MaxValue;
    private const long Passed = long.MinValue;

    private readonly DeadlineWatch _watch;
    private readonly LoopStream _socket;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
    private int _start;
    private int _end;
    private ValueTask<int> _read;
    private bool _isReading;
    private bool _wasFilled;
    private long _deadline = NoDeadline;
    private int _late;
    private int _ending;
    private bool _isIdle;

    /// <param name="pool">To which it comes back.</param>
    /// <param name="socket">The connection.</param>
    /// <param name="secured">Over it; null without TLS.</param>
    /// <param name="watch">Looks at its deadline.</param>
    public UpstreamConnection(UpstreamPool pool, LoopStream socket, SslStream? secured, DeadlineWatch watch)
    {
        _socket = socket;
        _watch = watch;
        Pool = pool;
        Stream = secured ?? (Stream)socket;
        Exchange = new UpstreamExchange(this);
        watch.Add(this);
    }

    public UpstreamPool Pool { get; }

    /// <summary>To be written to; it is read by <see cref="ReadAsync"/> alone.</summary>
    public Stream Stream { get; }

    /// <summary>The one exchange at a time.</summary>
    public UpstreamExchange Exchange { get; }

    /// <summary>Whether an exchange has ended on it.</summary>
    public bool IsReused { get; private set; }

    /// <summary>Why it was abandoned; <see cref="ForwardOutcome.Completed"/> if it was not.</summary>
    public ForwardOutcome Ending => (ForwardOutcome)Volatile.Read(ref _ending);

    /// <summary>What was received and is not used yet.</summary>
    public Memory<byte> Received => _buffer.AsMemory(_start, _end - _start);

    /// <summary>So many bytes are used.</summary>
    public void Use(int count)
    {
        _start += count;
        if (_start == _end)
        {
            _start = _end = 0;
        }
    }

    /// <summary>Begins to read, if that is not under way.</summary>
    /// <returns>Whether something has come already, be it the end.</returns>
    public bool BeginRead()
    {
        if (!_isReading)
        {
            MakeRoom();
            _isReading = true;
#pragma warning disable CA2012 // Awaited once: by the ReadAsync that takes it, or by nobody.
            _read = Stream.ReadAsync(_buffer.AsMemory(_end));
#pragma warning restore CA2012
        }

        return _read.IsCompleted;
    }

    /// <summary>Reads more behind what is there.</summary>
    /// <returns>How many bytes; 0 at the end.</returns>
    /// <exception cref="IOException">The connection is broken.</exception>
    /// <exception cref="ObjectDisposedException">It was abandoned.</exception>
    public ValueTask<int> ReadAsync()
    {
        BeginRead();
        _isReading = false;
        return _read;
    }

    /// <summary>
    /// Waits until there is something to read, or the end, and holds no buffer meanwhile; not if something is there.
    /// </summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    /// <exception cref="ObjectDisposedException">It was abandoned.</exception>
    public async ValueTask WaitAsync()
    {
        if (_isReading || _start != _end)
        {
            return;
        }

        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        try
        {
            await Stream.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
        }
        finally
        {
            _buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
        }
    }

    /// <summary>What <see cref="ReadAsync"/> has given is there.</summary>
    public void Took(int count)
    {
        _end += count;
        _wasFilled = _end == _buffer.Length;
    }

    /// <summary>
    /// By when something must have happened: set again for what comes after. It ends at most
    /// <see cref="DeadlineWatch.Interval"/> later.
    /// </summary>
    /// <param name="limit">From now.</param>
    /// <param name="late">What it means if not.</param>
    public void SetDeadline(TimeSpan limit, ForwardOutcome late)
    {
        Volatile.Write(ref _late, (int)late);
        var time = _watch.Time;
        Put(time.GetTimestamp() + (long)(limit.TotalSeconds * time.TimestampFrequency));
    }

    /// <summary>Ends it if its deadline is over.</summary>
    public void EndIfLate(long now)
    {
        var deadline = Volatile.Read(ref _deadline);
        if (deadline != Passed && deadline <= now
            && Interlocked.CompareExchange(ref _deadline, Passed, deadline) == deadline)
        {
            Abandon((ForwardOutcome)Volatile.Read(ref _late));
        }
    }

    /// <summary>
    /// Breaks it off: what waits fails, and the exchange says this outcome. Only the first one counts.
    /// </summary>
    public void Abandon(ForwardOutcome outcome)
    {
        if (Interlocked.CompareExchange(ref _ending, (int)outcome, (int)ForwardOutcome.Completed)
            != (int)ForwardOutcome.Completed)
        {
            return;
        }

        if (Volatile.Read(ref _isIdle))
        {
            Close();
            Pool.Lost();
            return;
        }

        Close(reset: true);
        Exchange.Abandoned();
    }

    /// <summary>Says that nothing more will be sent; with TLS that cannot be said alone, and it is closed.</summary>
    public void CloseWrite()
    {
        if (ReferenceEquals(Stream, _socket))
        {
            _socket.CloseWrite();
        }
        else
        {
            Close();
        }
    }

    /// <summary>Closes it for good.</summary>
    /// <param name="reset">Whether the upstream is not to go on with what it does.</param>
    public void Close(bool reset = false)
    {
        _watch.Remove(this);
        if (reset)
        {
            _socket.Abort();
        }

        // A read that waits fails, and nobody asks how.
        Stream.Dispose();
    }

    /// <summary>The exchange is over, and the connection in order: the next may have it.</summary>
    /// <param name="limit">How long it may rest.</param>
    /// <param name="readsAhead">
    /// Whether to read while it is idle: away from the loop no read tells at once whether there is something.
    /// </param>
    /// <returns>False if it was abandoned meanwhile.</returns>
    public bool Rest(TimeSpan limit, bool readsAhead)
    {
        IsReused = true;
        _wasFilled = false;
        if (_buffer.Length >= LargeBuffer)
        {
            Resize(SmallBuffer);
        }

        Volatile.Write(ref _isIdle, true);
        SetDeadline(limit, ForwardOutcome.IdleTimeout);
        if (readsAhead)
        {
            BeginRead();
        }

        return Ending == ForwardOutcome.Completed;
    }

    /// <summary>The next exchange begins.</summary>
    /// <returns>False if a byte, the end or anything else has come while it was idle: it is to be closed.</returns>
    public bool Wake()
    {
        Volatile.Write(ref _isIdle, false);
        Put(NoDeadline);
        return Ending == ForwardOutcome.Completed && !BeginRead();
    }

    // What is past stays past: the one who saw it is about to end this.
    private void Put(long deadline)
    {
        if (Interlocked.Exchange(ref _deadline, deadline) == Passed)
        {
            Volatile.Write(ref _deadline, Passed);
            Abandon((ForwardOutcome)Volatile.Read(ref _late));
        }
    }

    private void MakeRoom()
    {
        // A read that has filled the buffer will not be the last.
        if (_wasFilled && _buffer.Length < LargeBuffer)
        {
            Resize(LargeBuffer);
            return;
        }

        if (_end == _buffer.Length && _start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
    }

    private void Resize(int size)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        Received.CopyTo(buffer);
        ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _start, _end) = (buffer, 0, _end - _start);
    }
}
