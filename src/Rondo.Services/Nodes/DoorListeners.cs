using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Rondo.Services.Nodes;

/// <summary>Tells a <see cref="ServerDoor"/> of the addresses that a transport listens on.</summary>
internal sealed class DoorListeners(IConnectionListenerFactory inner, ServerDoor door)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <summary>Puts it before the transport that was chosen.</summary>
    public static void AddTo(IServiceCollection services, ServerDoor door)
    {
        var transport = services.Last(s => s.ServiceType == typeof(IConnectionListenerFactory));
        services.Remove(transport);
        services.AddSingleton(transport.ImplementationType!);
        services.AddSingleton<IConnectionListenerFactory>(provider => new DoorListeners(
            (IConnectionListenerFactory)provider.GetRequiredService(transport.ImplementationType!), door));
    }

    public bool CanBind(EndPoint endpoint) =>
        inner is not IConnectionListenerFactorySelector selector || selector.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        await door.OpeningAsync();
        var listener = await inner.BindAsync(endpoint, cancellationToken);
        door.Opened();
        return new Listener(listener, door);
    }

    private sealed class Listener(IConnectionListener inner, ServerDoor door) : IConnectionListener
    {
        private int _hasLeft;

        public EndPoint EndPoint => inner.EndPoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            inner.AcceptAsync(cancellationToken);

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await inner.UnbindAsync(cancellationToken);
            Leave();
        }

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            Leave();
        }

        private void Leave()
        {
            if (Interlocked.Exchange(ref _hasLeft, 1) == 0)
            {
                door.Left();
            }
        }
    }
}
