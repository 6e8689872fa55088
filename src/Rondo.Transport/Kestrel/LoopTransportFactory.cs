using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rondo.Runtime;
using Rondo.Runtime.Diagnostics;
using Rondo.Transport.Native;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Kestrel;

/// <summary>Kestrel's way to the loops: they start with the first address and end with the server.</summary>
internal sealed class LoopTransportFactory : IConnectionListenerFactory, IConnectionListenerFactorySelector,
    IAsyncDisposable
{
    // For a loop that a handler blocks: its thread is left behind, and does not keep the process.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly LoopTransportOptions _options;
    private readonly ILogger _logger;
    private readonly AcceptLog _acceptLog;
    private readonly MemoryPool<byte> _pool;
    private readonly LinuxCalls _calls;
    private readonly Lock _gate = new();
    private LoopThread[]? _loops;
    private BlockPool[] _blocks = [];
    private LoopMonitor? _monitor;
    private bool _isDisposed;

    public LoopTransportFactory(
        IOptions<LoopTransportOptions> options, ILoggerFactory loggers, IMemoryPoolFactory<byte> pools)
        : this(options.Value, loggers, pools.Create(), new LinuxCalls())
    {
    }

    internal LoopTransportFactory(
        LoopTransportOptions options, ILoggerFactory loggers, MemoryPool<byte> pool, LinuxCalls calls)
    {
        _options = options;
        _logger = loggers.CreateLogger("Rondo.Transport");
        _acceptLog = new AcceptLog(_logger, TimeProvider.System);
        _pool = pool;
        _calls = calls;
    }

    /// <summary>Who hands the loops over; null before the first address is bound, and if nobody does.</summary>
    internal LoopMonitor? Monitor => _monitor;

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint or FileHandleEndPoint or UnixDomainSocketEndPoint;

    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return await LoopConnectionListener.BindAsync(Loops(), _blocks, endpoint, _options, _logger, _acceptLog);
    }

    /// <summary>Ends the loops; connections that are still open are closed. Again does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        LoopThread[] loops;
        using (_gate.EnterScope())
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            loops = _loops ?? [];
        }

        var outcomes = await Task.WhenAll(loops.Select(l => l.StopAsync(s_patience)));
        EndMonitor();
        var stuck = outcomes.Count(hasEnded => !hasEnded);
        if (stuck > 0)
        {
            TransportLog.LoopsLeftBehind(_logger, stuck);
            return;
        }

        foreach (var blocks in _blocks)
        {
            blocks.Trim();
        }

        _pool.Dispose();
    }

    private LoopThread[] Loops()
    {
        using (_gate.EnterScope())
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_loops is null)
            {
                _loops = StartLoops();
                _blocks = [.. _loops.Select(l => new BlockPool(l.Loop, _pool))];
                TransportLog.Chosen(_logger, _loops.Length);
            }

            return _loops;
        }
    }

    private LoopThread[] StartLoops()
    {
        var loops = new List<LoopThread>();
        _monitor = _options.SpareThreads > 0
            ? new LoopMonitor(
                new SpareThreads(_options.SpareThreads, _options.Loops),
                _options.BlockingLimit,
                _options.Debug ? new BlockingReporter() : null)
            : null;
        try
        {
            for (var n = 0; n < _options.Loops; n++)
            {
                var options = new LoopOptions
                {
                    Name = $"rondo-loop-{n}",
                    Debug = _options.Debug,
                    ErrorHandler = e => TransportLog.Escaped(_logger, e.Exception, e.Message),
                    ReportHandler = r => TransportLog.Reported(_logger, r.Message),
                };
                loops.Add(new LoopThread(_calls, options, _monitor));
            }

            return [.. loops];
        }
        catch
        {
            loops.ForEach(l => _ = l.StopAsync(s_patience));
            EndMonitor();
            throw;
        }
    }

    private void EndMonitor()
    {
        _monitor?.Dispose();
        _monitor?.Spares.Dispose();
        _monitor = null;
    }
}
