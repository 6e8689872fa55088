using System.Net;
using Rondo.Lab.Load.Targets;
using Rondo.Transport.Sockets;

namespace Rondo.Lab.Load.Engine;

/// <summary>Makes the channels of one loop: with TLS or WebSocket if the plan has it, without any of
/// their cost if not.</summary>
internal static class ChannelFactory
{
    public static Func<ClientChannel> For(LoadPlan plan, LoopThread thread, EndPoint to)
    {
        var create = WithoutMessages(plan, thread, to);
        return plan.IsWebSocket ? () => new WebSocketChannel(create(), plan.Request) : create;
    }

    private static Func<ClientChannel> WithoutMessages(LoadPlan plan, LoopThread thread, EndPoint to)
    {
        if (plan.TlsHost is not { } host)
        {
            var address = new ConnectAddress(to);
            return () => new PlainChannel(thread, address);
        }

        // The engine has a limit of its own.
        var connector = new LoopConnector(thread, new LoopConnectorOptions { ConnectTimeout = Timeout.InfiniteTimeSpan });
        var tls = TlsTrust.Options(host, plan.TlsInsecure);
        return () => new TlsChannel(connector, to, tls);
    }
}
