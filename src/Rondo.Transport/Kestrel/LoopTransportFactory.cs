using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rondo.Transport.Native;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Kestrel;

/// <summary>Kestrel's way to the loops: they start with the first address and end with the server.</summary>
internal sealed partial class LoopTransportFactory : IConnectionListenerFactory, IConnectionListenerFactorySelector,
    IAsyncDisposable
{
    private readonly LoopTransportOptions _options;
    private readonly ILogger _logger;
    private readonly MemoryPool<byte> _pool;
    private readonly LinuxCalls _calls;
    private readonly Lock _gate = new();
    private LoopThread[]? _loops;

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
        _pool = pool;
        _calls = calls;
    }

    public bool CanBind(EndPoint endpoint) =>
        endpoint is IPEndPoint or FileHandleEndPoint or System.Net.Sockets.UnixDomainSocketEndPoint;

    public ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var listener = new LoopConnectionListener(Loops(), endpoint, _options, _pool, _logger);
        return new(listener);
    }

    public ValueTask DisposeAsync()
    {
        foreach (var loop in _loops ?? [])
        {
            loop.Dispose();
        }

        _loops = [];
        return default;
    }

    private LoopThread[] Loops()
    {
        using (_gate.EnterScope())
        {
            if (_loops is null)
            {
                _loops = [.. Enumerable.Range(0, _options.Loops).Select(n =>
                    new LoopThread(_calls, $"rondo-loop-{n}", e => LogEscaped(_logger, e.Exception, e.Message)))];
                LogChoice(_logger, _loops.Length);
            }

            return _loops;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connections run on {Loops} event loops over epoll")]
    private static partial void LogChoice(ILogger logger, int loops);

    [LoggerMessage(Level = LogLevel.Error, Message = "{What}")]
    private static partial void LogEscaped(ILogger logger, Exception error, string what);
}
