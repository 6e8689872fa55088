using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Rondo.Services.Tests.Gateway.Framing;

/// <summary>
/// Carries connections to the server in memory and on the caller's thread: what a client writes has been read, as far
/// as the server wants, when its write ends.
/// </summary>
internal sealed class MemoryListener : IConnectionListenerFactory, IConnectionListener
{
    private readonly Channel<ConnectionContext> _connections = Channel.CreateUnbounded<ConnectionContext>();

    public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.Loopback, 0);

    /// <summary>A new connection; <paramref name="feature"/> is found by the request.</summary>
    public MemoryConnection Connect<TFeature>(TFeature feature)
    {
        // A write ends once the server has looked at all of it, so that each is a read of its own.
        var options = new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false);
        var (input, output) = (new Pipe(options), new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: 0, useSynchronizationContext: false)));
        var connection = new MemoryConnection(
            new Duplex(input.Reader, output.Writer), new Duplex(output.Reader, input.Writer));
        connection.Features.Set(feature);
        Assert.True(_connections.Writer.TryWrite(connection));
        return connection;
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        EndPoint = endpoint;
        return new(this);
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _connections.Reader.WaitToReadAsync(cancellationToken) && _connections.Reader.TryRead(out var connection)
            ? connection
            : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _connections.Writer.TryComplete();
        return default;
    }

    public ValueTask DisposeAsync() => default;

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

/// <summary>One connection: <see cref="DefaultConnectionContext.Application"/> is the client's side.</summary>
internal sealed class MemoryConnection(IDuplexPipe server, IDuplexPipe client)
    : DefaultConnectionContext(Guid.NewGuid().ToString(), server, client)
{
    public IDuplexPipe Client => Application!;

    // Not the base's: it disposes of the token source that an abort still cancels on the pool.
#pragma warning disable CA2215
    public override async ValueTask DisposeAsync()
    {
        await Transport.Input.CompleteAsync();
        await Transport.Output.CompleteAsync();
    }
#pragma warning restore CA2215
}
