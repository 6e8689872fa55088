namespace Rondo.Runtime.Testing;

/// <summary>
/// Takes the connections to one name of a <see cref="VirtualNetwork"/>. Disposing frees the name and resets the
/// connections that nobody has accepted.
/// </summary>
/// <threadsafety>Belongs to the loop's thread; <see cref="AcceptAsync"/> comes to it first.</threadsafety>
public sealed class VirtualListener : IDisposable
{
    private readonly VirtualNetwork _network;
    private readonly int _backlog;
    private readonly Queue<VirtualNetworkStream> _waiting = new();
    private NetworkWait? _acceptor;
    private bool _isDisposed;

    internal VirtualListener(VirtualNetwork network, string name, int backlog)
    {
        _network = network;
        _backlog = backlog;
        Name = name;
    }

    /// <summary>What clients connect to.</summary>
    public string Name { get; }

    /// <summary>The next connection, in the order in which they arrived. One call at a time.</summary>
    /// <exception cref="ObjectDisposedException">The listener is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token or the scope around the caller is cancelled.</exception>
    /// <exception cref="InvalidOperationException">Another call is pending.</exception>
    public async ValueTask<VirtualNetworkStream> AcceptAsync(CancellationToken cancellationToken = default)
    {
        await NetworkWait.EnterAsync(_network.Loop, cancellationToken);
        while (true)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_waiting.TryDequeue(out var connection))
            {
                return connection;
            }

            if (_acceptor is not null)
            {
                throw new InvalidOperationException("Another call to AcceptAsync is pending.");
            }

            try
            {
                _acceptor = new NetworkWait(_network.Loop);
                await _acceptor.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _acceptor = null;
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _network.Forget(this);
        while (_waiting.TryDequeue(out var connection))
        {
            connection.Abort();
        }

        _acceptor?.End();
    }

    /// <summary>Takes a connection unless too many wait already.</summary>
    internal bool TryOffer(VirtualNetworkStream connection)
    {
        if (_waiting.Count >= _backlog)
        {
            return false;
        }

        _waiting.Enqueue(connection);
        _acceptor?.End();
        return true;
    }
}
