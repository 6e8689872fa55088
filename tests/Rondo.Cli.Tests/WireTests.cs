using System.Net.Sockets;
using ChaosProgram;

namespace Rondo.Cli.Tests;

/// <summary>Whether the wires of <c>./dev chaos nodes</c> lose what they should, and nothing else.</summary>
public sealed class WireTests
{
    private static readonly TimeSpan s_lost = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_guard = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Pull_LosesWhatIsSaidAndTellsNobody_UntilItIsPlugged()
    {
        using var wire = Wire.TryLay();
        Assert.SkipWhen(wire is null, $"There can be no wire: {Wire.Refusal}");
        var port = FreePort.Next();
        using var listener = wire.ListenerAt(port);
        listener.Start();
        using var near = new TcpClient();
        await near.ConnectAsync(wire.Far, port, TestContext.Current.CancellationToken);
        using var far = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, await SayAsync(near, far).WaitAsync(s_guard, TestContext.Current.CancellationToken));

        wire.Pull();
        var lost = SayAsync(near, far);
        using var another = wire.ListenerAt(FreePort.Next());
        another.Start();
        await Assert.ThrowsAsync<TimeoutException>(
            () => lost.WaitAsync(s_lost, TestContext.Current.CancellationToken));

        wire.Plug();
        Assert.Equal(1, await lost.WaitAsync(s_guard, TestContext.Current.CancellationToken));
        Assert.Equal(1, await SayAsync(far, near).WaitAsync(s_guard, TestContext.Current.CancellationToken));
    }

    private static async Task<int> SayAsync(TcpClient from, TcpClient to)
    {
        await from.GetStream().WriteAsync("a"u8.ToArray(), TestContext.Current.CancellationToken);
        return await to.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken);
    }
}
