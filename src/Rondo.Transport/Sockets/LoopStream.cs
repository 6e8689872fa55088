using System.Net;

namespace Rondo.Transport.Sockets;

/// <summary>
/// A connection on an event loop, as a stream: what <see cref="LoopConnector"/> gives. Usable wherever a stream is:
/// under <see cref="System.Net.Security.SslStream"/>, or from the <c>ConnectCallback</c> of
/// <c>SocketsHttpHandler</c>.
/// </summary>
/// <remarks>
/// <para>
/// Bytes arrive in order. Reading gives what is there, often less than was written at once, and 0 at the end; the
/// socket is read only while somebody reads, so the peer is held back by who does not. Writing is done when the kernel
/// has all bytes. There is no buffer in between, so nothing is to be flushed.
/// </para>
/// <para>
/// An operation that can be done at once completes at once. One that waits goes on where it came from: started on the
/// loop's thread, in a callback of the loop; started elsewhere, in the context captured by <c>await</c> or the thread
/// pool. It allocates nothing.
/// </para>
/// <para>Dispose it: a connection that is only forgotten stays open until its loop ends.</para>
/// </remarks>
/// <threadsafety>
/// One read and one write may be under way at a time, started on any thread; a second one is refused. Disposing,
/// <see cref="Abort"/> and <see cref="CloseWrite"/>: any thread, any time.
/// </threadsafety>
public sealed class LoopStream : Stream, ISocketOwner
{
    private readonly StreamRead _read;
    private readonly StreamWrite _write;
    private Exception? _over;

    internal LoopStream(LoopSocket socket, EndPoint? remote)
    {
        Socket = socket;
        RemoteEndPoint = remote;
        LocalEndPoint = socket.LocalEndPoint();
        _read = new StreamRead(this);
        _write = new StreamWrite(this);
        socket.Owner = this;
    }

    /// <summary>The address of this end; null for a Unix socket without a name.</summary>
    public EndPoint? LocalEndPoint { get; }

    /// <summary>The address it was connected to: of several, the one that answered.</summary>
    public EndPoint? RemoteEndPoint { get; }

    /// <summary>True until it is disposed.</summary>
    public override bool CanRead => Over is null;

    /// <summary>True until it is disposed or <see cref="CloseWrite"/> is called.</summary>
    public override bool CanWrite => Over is null && !_write.IsFinished;

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

    internal LoopSocket Socket { get; }

    /// <summary>Why nothing goes on any more, once our side has ended it.</summary>
    internal Exception? Over => Volatile.Read(ref _over);

    /// <inheritdoc />
    /// <returns>
    /// How many bytes; 0 at the end. An empty buffer waits until there is something to read, or the end.
    /// </returns>
    /// <exception cref="InvalidOperationException">Another read is under way.</exception>
    /// <exception cref="IOException">
    /// The connection is broken; the cause is the <see cref="System.Net.Sockets.SocketException"/> of a socket.
    /// </exception>
    /// <exception cref="ObjectDisposedException">This end is disposed, also while it waits.</exception>
    /// <exception cref="OperationCanceledException">The token is cancelled; nothing is lost.</exception>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        try
        {
            return _read.StartAsync(buffer, cancellationToken);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            return ValueTask.FromException<int>(error);
        }
    }

    /// <inheritdoc />
    /// <exception cref="InvalidOperationException">
    /// Another write is under way, or <see cref="CloseWrite"/> was called.
    /// </exception>
    /// <exception cref="IOException">
    /// The connection is broken; the cause is the <see cref="System.Net.Sockets.SocketException"/> of a socket.
    /// </exception>
    /// <exception cref="ObjectDisposedException">This end is disposed, also while it waits.</exception>
    /// <exception cref="OperationCanceledException">The token is cancelled; a part may have been written.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        try
        {
            return _write.StartAsync(buffer, cancellationToken);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            return ValueTask.FromException(error);
        }
    }

    /// <inheritdoc />
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>
    /// Says that this end has written all; it can still read. Again, or on a broken connection, does nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">A write is under way.</exception>
    /// <exception cref="ObjectDisposedException">This end is disposed.</exception>
    public void CloseWrite()
    {
        ObjectDisposedException.ThrowIf(Over is not null, this);
        if (_write.Finish())
        {
            Socket.Post(new LoopCode(() => Socket.ShutdownSend()));
        }
    }

    /// <summary>
    /// Gives the connection up: the peer gets a reset, and what it has not received yet is dropped. Disposes this end.
    /// </summary>
    public void Abort()
    {
        Close(reset: true);
        Dispose();
    }

    /// <summary>Does nothing: what is written is on its way.</summary>
    public override void Flush()
    {
    }

    /// <summary>Does nothing: what is written is on its way.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Refused: it would block.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override int Read(byte[] buffer, int offset, int count) => throw Blocking();

    /// <summary>Refused: it would block.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void Write(byte[] buffer, int offset, int count) => throw Blocking();

    /// <summary>Refused.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <summary>Refused.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void SetLength(long value) => throw new NotSupportedException();

    void ISocketOwner.PeerEnded()
    {
    }

    void ISocketOwner.ConnectionBroke()
    {
    }

    void ISocketOwner.LoopEnding()
    {
        End("The event loop of this connection has ended.");
        _read.End();
        _write.End();
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        Close(reset: false);
        base.Dispose(disposing);
    }

    // Who waits is woken by the end of the descriptor. A loop that has ended has closed it.
    private void Close(bool reset)
    {
        if (End("The connection was closed by this side."))
        {
            Socket.Post(new LoopCode(() => Socket.Close(reset)));
        }
    }

    private bool End(string reason) =>
        Interlocked.CompareExchange(ref _over, new ObjectDisposedException(nameof(LoopStream), reason), null) is null;

    private static NotSupportedException Blocking() =>
        new("A synchronous read or write would block the thread; use the asynchronous one.");
}
