using System.Diagnostics;
using System.Security.Cryptography;
using Rondo.Transport.Native;

namespace Rondo.Transport.Tests.Native;

/// <summary>One of them measures real time: its subject is how the kernel counts it.</summary>
public sealed class LinuxCallsTests
{
    [Fact]
    public void AllowProcessors_OneOfThem_BindsTheCallingThreadAlone()
    {
        var all = LinuxCalls.AllowedProcessors();
        int[] bound = [];
        var outcome = -1;
        var thread = new Thread(() =>
        {
            outcome = LinuxCalls.AllowProcessors([all[^1]]);
            bound = LinuxCalls.AllowedProcessors();
        });
        thread.Start();
        thread.Join();

        Assert.NotEmpty(all);
        Assert.Equal(0, outcome);
        Assert.Equal([all[^1]], bound);
        Assert.Equal(all, LinuxCalls.AllowedProcessors());
        Assert.True(LinuxCalls.AllowProcessors([]) < 0, "A thread has to run somewhere.");
    }

    [Fact]
    public void EpollWait_ForLessThanAMillisecond_TakesLessAndNeverLessThanAsked()
    {
        var calls = new LinuxCalls();
        var epoll = calls.EpollCreate();
        var events = new EpollEvents(1);
        var asked = TimeSpan.FromMicroseconds(100);
        var guard = Stopwatch.StartNew();
        var shortest = TimeSpan.MaxValue;

        // A busy machine is late now and then, but not every time.
        while (shortest >= TimeSpan.FromMilliseconds(1) && guard.Elapsed < TimeSpan.FromSeconds(30))
        {
            var clock = Stopwatch.StartNew();
            Assert.Equal(0, calls.EpollWait(epoll, events, asked));
            shortest = clock.Elapsed < shortest ? clock.Elapsed : shortest;
        }

        calls.Close(epoll);
        Assert.InRange(shortest, asked, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void SendBlocks_OfMemoryThatIsNotPinned_SendsInOrderAndAllocatesNothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var sender = new TcpClient();
        sender.Connect((IPEndPoint)listener.LocalEndpoint);
        using var receiver = listener.AcceptSocket();
        var calls = new LinuxCalls();
        var descriptor = (int)sender.Client.Handle;
        var blocks = Enumerable.Range(1, LinuxCalls.MostBlocks + 6)
            .Select(size => (ReadOnlyMemory<byte>)RandomNumberGenerator.GetBytes(size)).ToArray();
        calls.SendBlocks(descriptor, blocks.AsSpan(0, 0));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var sent = calls.SendBlocks(descriptor, blocks);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        var expected = blocks.Take(LinuxCalls.MostBlocks).SelectMany(b => b.ToArray()).ToArray();
        var received = new byte[expected.Length + 1];
        Assert.Equal(expected.Length, sent);
        Assert.Equal(sent, receiver.Receive(received));
        Assert.Equal(expected, received[..sent]);
    }
}
