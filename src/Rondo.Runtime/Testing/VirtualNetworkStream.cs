namespace Rondo.Runtime.Testing;

/// <summary>
/// One end of a connection of a <see cref="VirtualNetwork"/>: bytes in order, as with TCP. Reading gives what has
/// arrived, often less than was written at once, and 0 at the end; writing waits while the buffer of its direction is
/// full. One read and one write may be pending at a time. Synchronous reads and writes are refused: they would block
/// the loop.
/// </summary>
/// <remarks>
/// Disposing says the end to the other side; with bytes left unread, or arriving later, it breaks the connection. A
/// connection that was reset fails with an <see cref="IOException"/> whose cause is the
/// <see cref="System.Net.Sockets.SocketException"/> of a socket.
/// </remarks>
/// <threadsafety>
/// Reading, writing, aborting and disposing from any thread; they come to the loop first. Everything else belongs to
/// the loop's thread.
/// </threadsafety>
public sealed class VirtualNetworkStream : Stream
{
    private readonly EventLoop _loop;
    private readonly VirtualPipe _incoming;
    private readonly VirtualPipe _outgoing;
    private bool _isDisposed;

    internal VirtualNetworkStream(
        EventLoop loop, string localName, string remoteName, VirtualPipe incoming, VirtualPipe outgoing)
    {
        _loop = loop;
        LocalName = localName;
        RemoteName = remoteName;
        _incoming = incoming;
        _outgoing = outgoing;
        _incoming.Reader = this;
    }

    /// <summary>This end's name.</summary>
    public string LocalName { get; }

    /// <summary>The other end's name.</summary>
    public string RemoteName { get; }

    /// <inheritdoc />
    public override bool CanRead => !_isDisposed;

    /// <inheritdoc />
    public override bool CanWrite => !_isDisposed;

    /// <summary>Always false.</summary>
    public override bool CanSeek => false;

    /// <summary>Refused.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Length => throw new NotSupportedException();

    /// <summary>Refused.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>
    /// Says that this end has written all; it can still read. Again, or after a reset, does nothing.
    /// </summary>
    /// <exception cref="ObjectDisposedException">This end is disposed.</exception>
    public void CloseWrite()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _outgoing.Finish();
    }

    /// <summary>
    /// Gives the connection up: the other side fails with a reset as soon as it learns of it. Disposes this end.
    /// </summary>
    public void Abort()
    {
        Close(isAborted: true);
        Dispose();
    }

    /// <inheritdoc />
    /// <returns>How many bytes; 0 at the end. An empty buffer waits until there is something to read.</returns>
    /// <exception cref="IOException">The connection was reset.</exception>
    /// <exception cref="ObjectDisposedException">This end is disposed.</exception>
    /// <exception cref="OperationCanceledException">
    /// The token or the scope around the caller is cancelled; nothing is lost.
    /// </exception>
    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await NetworkWait.EnterAsync(_loop, cancellationToken);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return await _incoming.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    /// <exception cref="IOException">The connection was reset.</exception>
    /// <exception cref="InvalidOperationException">This end was closed for writing.</exception>
    /// <exception cref="ObjectDisposedException">This end is disposed.</exception>
    /// <exception cref="OperationCanceledException">
    /// The token or the scope around the caller is cancelled; a part may have been written.
    /// </exception>
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await NetworkWait.EnterAsync(_loop, cancellationToken);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await _outgoing.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Does nothing: what is written is on its way.</summary>
    public override void Flush()
    {
    }

    /// <summary>Does nothing: what is written is on its way.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Refused: it would block the loop.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override int Read(byte[] buffer, int offset, int count) => throw Blocking();

    /// <summary>Refused: it would block the loop.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void Write(byte[] buffer, int offset, int count) => throw Blocking();

    /// <summary>Refused.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <summary>Refused.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>A reset has arrived, or the line has broken.</summary>
    internal void Break()
    {
        _incoming.Break();
        _outgoing.Break();
    }

    /// <summary>Bytes have arrived that nobody will read.</summary>
    internal void Refuse() => _outgoing.SendReset();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        Close(isAborted: false);
        base.Dispose(disposing);
    }

    /// <summary>On the loop: a library may dispose from a thread of the pool, or after the run.</summary>
    private void Close(bool isAborted)
    {
        if (ReferenceEquals(EventLoop.Running, _loop))
        {
            CloseHere(isAborted);
        }
        else if (!_loop.IsClosed)
        {
            _loop.Dispatch((Action)(() => CloseHere(isAborted)), null);
        }
    }

    private void CloseHere(bool isAborted)
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (isAborted || _incoming.HasUnread)
        {
            _outgoing.SendReset();
        }
        else
        {
            _outgoing.Finish();
        }

        _incoming.Abandon();
    }

    private static NotSupportedException Blocking() =>
        new("A synchronous read or write would block the loop; use the asynchronous one.");
}
