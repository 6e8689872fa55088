using Rondo.Runtime;
using Rondo.Transport.Sockets;

namespace Rondo.Lab.Load.Engine;

/// <summary>The bytes as they are on the socket.</summary>
internal sealed class PlainChannel(LoopThread thread, ConnectAddress to) : ClientChannel(thread.Loop)
{
    private readonly LoopSocket _socket = new(thread);

    public override int Connect(ILoopWork work) => _socket.Connect(to, work);

    public override int FinishConnect() => _socket.FinishConnect();

    public override int Receive(Span<byte> into) => _socket.Receive(into);

    public override int Send(ReadOnlySpan<byte> bytes) => _socket.Send(bytes);

    public override bool WaitToReceive(ILoopWork work) => _socket.WaitToReceive(work);

    public override bool WaitToSend(ILoopWork work) => _socket.WaitToSend(work);

    public override void Abandon() => _socket.Abandon(reset: false);

    public override string Describe(int failure) =>
        SocketErrors.ToException(-failure, "cannot connect").Message;
}
