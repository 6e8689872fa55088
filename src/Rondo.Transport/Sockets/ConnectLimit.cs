using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Rondo.Transport.Sockets;

/// <summary>The time that connecting may take as a whole, and the caller's wish to give up.</summary>
internal sealed class ConnectLimit : IDisposable
{
    private readonly EndPoint _endPoint;
    private readonly TimeSpan _timeout;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _source;

    public ConnectLimit(EndPoint endPoint, TimeSpan timeout, CancellationToken caller)
    {
        _endPoint = endPoint;
        _timeout = timeout;
        _caller = caller;
        _source = CancellationTokenSource.CreateLinkedTokenSource(caller);
        _source.CancelAfter(timeout);
    }

    /// <summary>Cancelled by the caller or by time.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose() => _source.Dispose();

    /// <summary>What one of so many addresses that are left to be tried may take.</summary>
    public CancellationTokenSource Share(int addresses)
    {
        var share = CancellationTokenSource.CreateLinkedTokenSource(Token);
        if (addresses > 1 && _timeout != Timeout.InfiniteTimeSpan)
        {
            var left = _timeout - Stopwatch.GetElapsedTime(_start);
            share.CancelAfter(left > TimeSpan.Zero ? left / addresses : TimeSpan.Zero);
        }

        return share;
    }

    /// <summary>Tells time apart from the caller when it is over.</summary>
    public async Task<T> WithinAsync<T>(Func<Task<T>> connect)
    {
        try
        {
            return await connect().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_caller.IsCancellationRequested)
        {
            throw new TimeoutException(string.Create(
                CultureInfo.InvariantCulture,
                $"Connecting to {_endPoint} took longer than {_timeout.TotalSeconds:0.###} s."));
        }
        catch (OperationCanceledException error)
        {
            throw new OperationCanceledException(error.Message, error, _caller);
        }
    }
}
