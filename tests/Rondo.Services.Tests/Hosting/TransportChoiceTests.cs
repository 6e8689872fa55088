using Rondo.Services.Hosting;

namespace Rondo.Services.Tests.Hosting;

public sealed class TransportChoiceTests
{
    [Theory]
    [InlineData(null, true, "epoll")]
    [InlineData("", true, "epoll")]
    [InlineData("auto", true, "epoll")]
    [InlineData("auto", false, "sockets")]
    [InlineData("epoll", true, "epoll")]
    [InlineData("sockets", true, "sockets")]
    [InlineData("sockets", false, "sockets")]
    public void Setting_OnASystem_DecidesTheTransport(string? setting, bool isLinux, string expected) =>
        Assert.Equal(expected, TransportChoice.Make(setting, isLinux).Name);

    [Theory]
    [InlineData("io_uring", true, "io_uring is not offered: on loops that survive blocking code it costs as much")]
    [InlineData("io_uring", false, "docs/adr/0004-epoll-not-io-uring.md")]
    [InlineData("epoll", false, "needs Linux")]
    [InlineData("EPOLL", true, "not 'EPOLL'")]
    public void Setting_ThatCannotBeHad_IsRefusedInOneSentence(string setting, bool isLinux, string reason)
    {
        var refused = Assert.Throws<StartException>(() => TransportChoice.Make(setting, isLinux));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, refused.ExitCode);
    }
}
