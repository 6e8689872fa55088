using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Gateway.Framing;

/// <summary>
/// What the server reads of a connection: the client's bytes where they are, and no more of them than
/// <see cref="MessageFraming"/> lets it see. In place of bytes in doubt it reads a line that it refuses wherever it is
/// in a request, so it answers 400 itself, behind the answers that come before, and closes.
/// </summary>
/// <remarks>
/// One reader at a time, on any thread. A read that waits is the transport's own: who awaits it goes on where the
/// transport would have called.
/// </remarks>
/// <threadsafety>One reader at a time; <see cref="CancelPendingRead"/> from any thread.</threadsafety>
internal sealed class StrictFramingReader
    : PipeReader, IDuplexPipe, IUpgradedConnection, IValueTaskSource<ReadResult>
{
    // No method, target, version or field line has a NUL, no field line is without a colon, no chunk begins or ends
    // like this, and behind it the connection ends: the server refuses it in any state. Longer than a version.
    private static readonly ReadResult s_refused = new(
        new("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\r\n"u8.ToArray()), isCanceled: false, isCompleted: true);

    private readonly PipeReader _input;
    private readonly ConnectionContext _context;
    private readonly ILogger _logger;
    private MessageFraming _framing;
    private Func<Task<bool>>? _protocol;
    private bool _isOpen;
    private bool _isRefused;

    // Of the last read: all there is, how much of it the server sees, and how much of that it had seen before.
    private ReadOnlySequence<byte> _bytes;
    private long _visible;
    private long _seen;

    // The one wait under way.
    private ValueTask<ReadResult> _pending;
    private CancellationToken _cancellation;
    private Action? _goOn;
    private Action<object?>? _continuation;
    private object? _state;
    private ReadResult _result;
    private Exception? _error;
    private ValueTaskSourceOnCompletedFlags _flags;
    private short _token;
    private bool _hasResult;

    public StrictFramingReader(ConnectionContext connection, ILogger logger)
    {
        _context = connection;
        _logger = logger;
        Connection = connection.Transport;
        _input = Connection.Input;
        Output = new KeptOutput(Connection.Output, this);
    }

    public IDuplexPipe Connection { get; }

    public PipeReader Input => this;

    public PipeWriter Output { get; }

    /// <summary>Whether the connection goes on when its last request ends.</summary>
    public bool IsKept => _protocol is not null;

    /// <summary>
    /// What the fields <c>Connection</c> of the request that is being served say; null where that is at most one of
    /// the usual words. While the request's body has not been read to its end.
    /// </summary>
    public string? Nominated => _framing.Nominated;

    /// <summary>From here on the bytes are no requests; while nobody reads.</summary>
    public void Open() => _isOpen = true;

    public void Continue(Func<Task<bool>> protocol) => _protocol = protocol;

    /// <summary>Runs what follows the requests, if something does, when the server has let go of the connection.</summary>
    public async Task ContinueAsync()
    {
        if (_protocol is { } protocol)
        {
            if (!await protocol())
            {
                _context.Abort();
            }

            await Connection.Output.CompleteAsync();
            await _input.CompleteAsync();
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (!_isOpen && !_isRefused)
        {
            var pending = _input.ReadAsync(cancellationToken);
            if (!pending.IsCompletedSuccessfully)
            {
                _pending = pending;
                _cancellation = cancellationToken;
                _hasResult = false;
                return new(this, ++_token);
            }

            if (Take(pending.Result, out var result))
            {
                return new(result);
            }
        }

        return _isOpen ? _input.ReadAsync(cancellationToken) : new(s_refused);
    }

    public override bool TryRead(out ReadResult result)
    {
        while (!_isOpen && !_isRefused && _input.TryRead(out var read))
        {
            if (Take(read, out result))
            {
                return true;
            }
        }

        result = s_refused;
        return _isOpen ? _input.TryRead(out result) : _isRefused;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_isRefused)
        {
            return;
        }

        // A position of nowhere changes nothing: Kestrel passes it when a body's parser throws.
        if (_isOpen || consumed.GetObject() is null || examined.GetObject() is null)
        {
            _input.AdvanceTo(consumed, examined);
            return;
        }

        var start = _bytes.GetOffset(_bytes.Start);
        var passed = _bytes.GetOffset(consumed) - start;
        var seen = _bytes.GetOffset(examined) - start;
        _framing.Consume(passed);
        _seen = seen - passed;

        // What is held back has been looked at, too: only more bytes show more.
        _input.AdvanceTo(consumed, seen == _visible && !_framing.IsAtEnd ? _bytes.End : examined);
        _bytes = default;
    }

    public override void CancelPendingRead() => _input.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        if (!IsKept)
        {
            _input.Complete(exception);
        }
    }

    public override ValueTask CompleteAsync(Exception? exception = null) =>
        IsKept ? default : _input.CompleteAsync(exception);

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        if (_error is { } error)
        {
            _error = null;
            ExceptionDispatchInfo.Throw(error);
        }

        return _result;
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) =>
        !Volatile.Read(ref _hasResult) ? ValueTaskSourceStatus.Pending
        : _error is null ? ValueTaskSourceStatus.Succeeded
        : ValueTaskSourceStatus.Faulted;

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _continuation = continuation;
        _state = state;
        _flags = flags;
        Wait();
    }

    /// <summary>Waits for the transport as whoever awaits this would, and no sooner.</summary>
    private void Wait()
    {
        _goOn ??= GoOn;
        var isCaptured = (_flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0;
        var awaiter = _pending.ConfigureAwait(isCaptured).GetAwaiter();
        if ((_flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0)
        {
            awaiter.OnCompleted(_goOn);
        }
        else
        {
            awaiter.UnsafeOnCompleted(_goOn);
        }
    }

    // Its last statement is the reader's.
    private void GoOn()
    {
        try
        {
            while (!Take(_pending.GetAwaiter().GetResult(), out _result))
            {
                var pending = _input.ReadAsync(_cancellation);
                _pending = pending;
                if (!pending.IsCompleted)
                {
                    Wait();
                    return;
                }
            }
        }
        catch (Exception error)
        {
            _error = error;
        }

        var (continuation, state) = (_continuation!, _state);
        (_pending, _continuation, _state) = (default, null, null);
        Volatile.Write(ref _hasResult, true);
        continuation(state);
    }

    /// <summary>Makes of what has come what the server sees; false if that is nothing new.</summary>
    private bool Take(ReadResult read, out ReadResult result)
    {
        var bytes = read.Buffer;
        _visible = _framing.Judge(bytes);
        if (_framing.Doubt != FramingDoubt.None && _visible <= _seen)
        {
            _input.AdvanceTo(bytes.End);
            _isRefused = true;
            FramingLog.Refused(_logger, _context.RemoteEndPoint, _framing.Doubt);
            result = s_refused;
            return true;
        }

        _isOpen = _framing.IsOther;
        if (_visible == _seen && !read.IsCanceled && !read.IsCompleted && !_framing.IsAtEnd)
        {
            _input.AdvanceTo(bytes.Start, bytes.End);
            result = default;
            return false;
        }

        _bytes = bytes;
        var isAll = _visible == bytes.Length;
        result = new ReadResult(
            isAll ? bytes : bytes.Slice(0, _visible),
            read.IsCanceled,
            read.IsCompleted && (isAll || !_framing.IsAtEnd));
        return true;
    }
}
