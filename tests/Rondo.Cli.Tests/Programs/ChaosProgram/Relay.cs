using System.Net;
using System.Net.Sockets;

namespace ChaosProgram;

/// <summary>
/// The network before a server: who speaks to it through this may be cut off from it. It needs no privilege and no
/// program, unlike a <see cref="Wire"/>. Any thread may use it.
/// </summary>
internal sealed class Relay : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<RelayedConnection> _connections = [];
    private readonly int _target;
    private readonly Wire? _wire;
    private TcpListener? _listener;
    private NetworkCut? _cut;
    private bool _isTargetDown;

    /// <param name="port">Where it listens.</param>
    /// <param name="target">The server's port.</param>
    /// <param name="wire">At whose far end it listens; null for this machine's own addresses.</param>
    public Relay(int port, int target, Wire? wire = null)
    {
        (Port, _target, _wire) = (port, target, wire);
        Listen();
    }

    public int Port { get; }

    /// <summary>Where it listens: host and port.</summary>
    public string Address => $"{_wire?.Far ?? IPAddress.Loopback}:{Port}";

    /// <summary>The server's process has ended, so that its address refuses connections, or is there again.</summary>
    public bool IsTargetDown
    {
        set
        {
            using (_gate.EnterScope())
            {
                _isTargetDown = value;
                Listen();
            }
        }
    }

    public void Cut(NetworkCut cut)
    {
        List<RelayedConnection> broken;
        using (_gate.EnterScope())
        {
            _cut = cut;
            broken = cut.Kind is CutKind.Refused ? [.. _connections] : [];
            Listen();
        }

        broken.ForEach(c => c.Dispose());
    }

    /// <summary>Ends the cut.</summary>
    public void Heal()
    {
        NetworkCut? cut;
        using (_gate.EnterScope())
        {
            (cut, _cut) = (_cut, null);
            Listen();
        }

        cut?.End();
    }

    public void Dispose()
    {
        List<RelayedConnection> open;
        using (_gate.EnterScope())
        {
            _isTargetDown = true;
            Listen();
            open = [.. _connections];
        }

        open.ForEach(c => c.Dispose());
        Heal();
    }

    private void Listen()
    {
        if (_isTargetDown || _cut?.Kind is CutKind.Refused)
        {
            _listener?.Dispose();
            _listener = null;
        }
        else if (_listener is null)
        {
            _listener = _wire?.ListenerAt(Port) ?? new TcpListener(IPAddress.Loopback, Port);
            _listener.Start();
            _ = AcceptAsync(_listener);
        }
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                _ = RunAsync(await listener.AcceptSocketAsync());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It listens no more.
        }
    }

    private async Task RunAsync(Socket client)
    {
        using var connection = new RelayedConnection(client, _target, PassAsync);
        using (_gate.EnterScope())
        {
            _connections.Add(connection);
        }

        await connection.RunAsync();
        using (_gate.EnterScope())
        {
            _connections.Remove(connection);
        }
    }

    private async Task PassAsync(string? who, bool isAnswer)
    {
        while (Volatile.Read(ref _cut) is { } cut && cut.Holds(who, isAnswer))
        {
            await cut.Over;
        }
    }
}
