using Rondo.Transport.Kestrel;

namespace Rondo.Services.Hosting;

/// <summary>What carries the connections, and why.</summary>
/// <param name="Name">
/// <c>epoll</c>, event loops over the kernel's readiness events, or <c>sockets</c>, the platform's own.
/// </param>
/// <param name="Reason">The end of a sentence that begins with the name.</param>
internal sealed record TransportChoice(string Name, string Reason)
{
    private const string Auto = "auto";
    private const string Epoll = "epoll";
    private const string Sockets = "sockets";
    private const string IoUring = "io_uring";

    /// <summary>What follows from a setting.</summary>
    /// <param name="setting"><c>auto</c>, <c>epoll</c> or <c>sockets</c>; null means <c>auto</c>.</param>
    /// <param name="isLinux">Only there is epoll.</param>
    /// <exception cref="StartException">It cannot be had.</exception>
    public static TransportChoice Make(string? setting, bool isLinux) => (setting, isLinux) switch
    {
        (null or "" or Auto, true) => new(Epoll, "the default on Linux"),
        (null or "" or Auto, false) => new(Sockets, "event loops need Linux"),
        (Epoll, true) or (Sockets, _) => new(setting!, "as configured"),
        (Epoll, false) => throw new StartException(
            "The transport epoll needs Linux. Choose auto or sockets.", ExitCode.Usage),
        (IoUring, _) => throw new StartException(
            "The transport io_uring is not offered: on loops that survive blocking code it costs as much as epoll "
                + "(docs/adr/0004-epoll-not-io-uring.md). Choose auto, epoll or sockets.",
            ExitCode.Usage),
        _ => throw new StartException(
            $"The transport is auto, epoll or sockets, not '{setting}'.", ExitCode.Usage),
    };

    public void AddTo(IWebHostBuilder server)
    {
        if (Name == Epoll)
        {
            server.UseEventLoop();
        }
    }
}
