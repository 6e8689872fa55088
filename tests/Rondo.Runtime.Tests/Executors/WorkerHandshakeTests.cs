using System.Net;
using System.Net.Sockets;
using Rondo.Runtime.Executors;

namespace Rondo.Runtime.Tests.Executors;

/// <summary>Who may serve as a worker.</summary>
public sealed class WorkerHandshakeTests
{
    private static readonly WorkerInvitation Invitation = WorkerInvitation.ToSocket("/nowhere");
    private static readonly (Guid Library, Guid Program) Build = WorkerInvitation.Build;

    [Fact]
    public void Hello_OfTheInvitedOfThisBuild_IsAccepted() =>
        Assert.Null(Answer(Invitation.Secret, Build.Library, Build.Program));

    [Fact]
    public void Hello_WithAnotherSecret_IsRefused() => Assert.Contains(
        "Another process has connected", Answer(new byte[32], Build.Library, Build.Program), StringComparison.Ordinal);

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Hello_OfAnotherLength_IsRefused(int bytes) => Assert.Contains(
        "Another process has connected",
        Answer([.. Invitation.Secret, .. new byte[8]], null, null, bytes),
        StringComparison.Ordinal);

    [Fact]
    public void Hello_OfAnotherBuild_IsRefused()
    {
        Assert.Contains(
            "another build", Answer(Invitation.Secret, Guid.NewGuid(), Build.Program), StringComparison.Ordinal);
        Assert.Contains(
            "another build", Answer(Invitation.Secret, Build.Library, Guid.NewGuid()), StringComparison.Ordinal);
    }

    [Fact]
    public void Hello_ThatDoesNotCome_IsRefused() => Assert.Contains(
        "ended while it introduced itself", Answer([], null, null, bytes: -1), StringComparison.Ordinal);

    /// <summary>Says hello so, and gives the reason of the refusal; null if there is none.</summary>
    private static string? Answer(byte[] secret, Guid? library, Guid? program, int? bytes = null)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using (var worker = new TcpClient("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port))
        {
            using var hello = new FrameWriter();
            hello.WriteBytes(secret.AsSpan(0, bytes is >= 0 and { } length ? length : secret.Length));
            foreach (var build in new[] { library, program }.OfType<Guid>())
            {
                hello.Write(build);
            }

            if (bytes != -1)
            {
                worker.Client.Send(hello.Frame);
            }
        }

        using var socket = listener.AcceptSocket();
        return Record.Exception(() => WorkerLaunch.Check(socket, Invitation))?.Message;
    }
}
