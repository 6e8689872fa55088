using System.Reflection;
using Rondo.Transport.Native;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Tests.Sockets;

public sealed class PortableCallsTests
{
    private const int Stream = LinuxConstants.SockStream | LinuxConstants.SockNonBlock;

    private readonly PortableCalls _calls = new();

    [Fact]
    public void EveryCall_IsMadeOfThePlatformsSockets()
    {
        var native = typeof(PortableCalls).GetMethods(BindingFlags.Instance | BindingFlags.Public)
            .Where(m => m.IsVirtual && m.GetBaseDefinition().DeclaringType == typeof(LinuxCalls))
            .Where(m => m.DeclaringType != typeof(PortableCalls))
            .Select(m => m.Name);

        Assert.Empty(native);
    }

    [Fact]
    public void Accept_OfAConnectionThatWaits_GivesItsDescriptorAndPeer()
    {
        var listener = Listen(out var address);
        var client = _calls.Socket(LinuxConstants.FamilyInternet, Stream, 0);
        Span<byte> peer = stackalloc byte[SocketAddresses.Longest];
        Span<byte> local = stackalloc byte[SocketAddresses.Longest];
        Assert.Equal(-Errno.Again, _calls.Accept(listener, peer, out _));
        Assert.Contains(_calls.Connect(client, address), new[] { 0, -Errno.InProgress });

        int accepted;
        while ((accepted = _calls.Accept(listener, peer, out var length)) == -Errno.Again)
        {
        }

        Assert.Equal(0, _calls.LocalName(client, local, out var localLength));
        Assert.Equal(SocketAddresses.FromBytes(local[..localLength]), SocketAddresses.FromBytes(peer[..localLength]));
        Assert.Equal(3, _calls.SendBlocks(accepted, [new byte[1], new byte[2]]));
        Close(listener, client, accepted);
    }

    [Fact]
    public void Close_Twice_IsRefusedAndTheNumberIsUsedAgain()
    {
        var first = _calls.Socket(LinuxConstants.FamilyInternet, Stream, 0);
        Assert.Equal(0, _calls.Close(first));

        Assert.Equal(-Errno.BadDescriptor, _calls.Close(first));
        Assert.Equal(-Errno.BadDescriptor, _calls.Send(first, [1]));

        Assert.Equal(first, _calls.Socket(LinuxConstants.FamilyInternet6, Stream, 0));
        Close(first);
    }

    [Fact]
    public void Wait_ForAnEdge_TellsItOnceUntilACallFindsNothingLeft()
    {
        var listener = Listen(out var address);
        var client = _calls.Socket(LinuxConstants.FamilyInternet, Stream, 0);
        _calls.Connect(client, address);
        var epoll = _calls.EpollCreate();
        var events = new EpollEvents(8);
        const uint Edges = LinuxConstants.EpollIn | LinuxConstants.EpollOut | LinuxConstants.EpollEdge;
        Assert.Equal(0, _calls.EpollControl(epoll, LinuxConstants.EpollAdd, client, Edges, 7));

        Assert.Equal(1, _calls.EpollWait(epoll, events, TimeSpan.FromSeconds(10)));
        Assert.Equal((LinuxConstants.EpollOut, 7ul), (events.Kinds(0), events.Data(0)));
        var bell = _calls.EventDescriptor();
        Assert.Equal(0, _calls.EpollControl(epoll, LinuxConstants.EpollAdd, bell, LinuxConstants.EpollIn, 8));
        Assert.Equal(0, _calls.EpollWait(epoll, events, TimeSpan.Zero));

        while (_calls.Send(client, new byte[65536]) > 0)
        {
        }

        Span<byte> peer = stackalloc byte[SocketAddresses.Longest];
        Close(_calls.Accept(listener, peer, out _));
        Assert.Equal(1, _calls.EpollWait(epoll, events, TimeSpan.FromSeconds(10)));
        Assert.Equal(7ul, events.Data(0));
        Close(listener, client, bell, epoll);
    }

    private int Listen(out byte[] address)
    {
        var listener = _calls.Socket(LinuxConstants.FamilyInternet, Stream, 0);
        Assert.Equal(0, _calls.Bind(listener, SocketAddresses.ToBytes(new IPEndPoint(IPAddress.Loopback, 0)).Span));
        Assert.Equal(0, _calls.Listen(listener, 8));
        address = new byte[SocketAddresses.Longest];
        Assert.Equal(0, _calls.LocalName(listener, address, out var length));
        address = address[..length];
        return listener;
    }

    private void Close(params int[] descriptors) =>
        Assert.All(descriptors, d => Assert.Equal(0, _calls.Close(d)));
}
