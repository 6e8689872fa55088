using Microsoft.AspNetCore.Connections.Features;

namespace Rondo.Services.Gateway.Framing;

/// <summary>
/// Passes a connection's heartbeat on, by which the server times requests, and can be told to stop: a connection never
/// forgets whom it has to tell, and who is told holds all that requests need.
/// </summary>
/// <threadsafety>Any thread.</threadsafety>
internal sealed class RequestHeartbeat : IConnectionHeartbeatFeature
{
    private readonly IConnectionHeartbeatFeature _connection;
    private Action<object>? _action;
    private volatile object? _state;

    public RequestHeartbeat(IConnectionHeartbeatFeature connection)
    {
        _connection = connection;
        connection.OnHeartbeat(static heartbeat => ((RequestHeartbeat)heartbeat).Beat(), this);
    }

    public void OnHeartbeat(Action<object> action, object state)
    {
        // The server asks once; whoever else does is told for as long as the connection lives.
        if (_action is not null)
        {
            _connection.OnHeartbeat(action, state);
            return;
        }

        _action = action;
        _state = state;
    }

    /// <summary>Tells nobody any more.</summary>
    public void Stop() => _state = null;

    private void Beat()
    {
        if (_state is { } state)
        {
            _action!(state);
        }
    }
}
