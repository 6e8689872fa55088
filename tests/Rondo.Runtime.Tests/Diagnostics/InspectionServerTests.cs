using System.Net.Sockets;
using Rondo.Runtime.Diagnostics;

namespace Rondo.Runtime.Tests.Diagnostics;

/// <summary>The socket of the process that runs the tests.</summary>
public sealed class InspectionServerTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    public InspectionServerTests()
    {
        using var loop = new EventLoop(new LoopOptions { Inspectable = true });
        loop.Stop();
        loop.RunForever();
    }

    [Fact]
    public void Socket_AndItsFolder_AreForTheOwnerAlone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var path = InspectionServer.SocketPath!;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        Assert.EndsWith($"/{Environment.ProcessId}.sock", path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_WhileTheLoopIsBlocked_GetsTheTree()
    {
        using var gate = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        var loop = new Thread(() => EventLoop.Run(async () =>
        {
            var stuck = EventLoop.Running!.CreateTask(
                () =>
                {
                    started.Set();
                    gate.Wait();
                    return Task.CompletedTask;
                },
                "stuck in a callback");
            await stuck;
        }));
        loop.Start();
        started.Wait(Guard, TestContext.Current.CancellationToken);

        var tree = TaskTreeDocument.Read(await AskAsync());
        gate.Set();
        loop.Join();

        Assert.Equal(Environment.ProcessId, tree.Header.ProcessId);
        Assert.Contains("task stuck in a callback (running)", tree.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("goes away at once")]
    [InlineData("sends a megabyte")]
    [InlineData("never reads")]
    public async Task Connection_ThatMisbehaves_LeavesTheNextOneServed(string how)
    {
        using var rude = await ConnectAsync();
        switch (how)
        {
            case "goes away at once":
                rude.Dispose();
                break;
            case "sends a megabyte":
                _ = rude.SendAsync(new byte[1 << 20]);
                break;
        }

        Assert.NotNull(TaskTreeDocument.Read(await AskAsync()));
    }

    [Fact]
    public void Claim_OfALink_IsRefused()
    {
        var folder = Directory.CreateTempSubdirectory("rondo-claim-").FullName;
        var link = Path.Combine(folder, "link");
        Directory.CreateSymbolicLink(link, folder);

        Assert.Throws<IOException>(() => InspectionAddress.Claim(link));

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(InspectionServer.SocketPath!)).WaitAsync(Guard);
        return socket;
    }

    private static async Task<byte[]> AskAsync()
    {
        await using var stream = new NetworkStream(await ConnectAsync(), ownsSocket: true);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read).WaitAsync(Guard);
        return read.ToArray();
    }
}
