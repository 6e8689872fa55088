namespace Rondo.Transport.Tests.Support;

/// <summary>An address where nobody answers: its queue is full, so the kernel drops what comes.</summary>
internal sealed class SilentListener : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _queued = [];

    public SilentListener()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(0);
        for (var n = 0; n < 4; n++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Blocking = false;
            _queued.Add(socket);
            try
            {
                socket.Connect(EndPoint);
            }
            catch (SocketException error) when (
                error.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
            }
        }
    }

    public EndPoint EndPoint => _listener.LocalEndPoint!;

    public void Dispose()
    {
        _queued.ForEach(s => s.Dispose());
        _listener.Dispose();
    }
}
