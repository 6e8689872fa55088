using Microsoft.Extensions.Logging;
using Rondo.Transport.Kestrel;
using Rondo.Transport.Native;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Kestrel;

public sealed class AcceptLogTests : IDisposable
{
    private readonly IPEndPoint _address = new(IPAddress.Loopback, 8080);
    private readonly SetTime _time = new();
    private readonly LogList _lines = new();
    private readonly AcceptLog _log;

    public AcceptLogTests() => _log = new AcceptLog(_lines, _time);

    public void Dispose() => _lines.Dispose();

    [Fact]
    public void Paused_OverAndOverOnSeveralAddresses_IsSaidOnce()
    {
        for (var i = 0; i < 100; i++)
        {
            _log.Paused(_address, Errno.TooManyInProcess);
            _log.Paused(new IPEndPoint(IPAddress.Loopback, 8081), Errno.TooManyInSystem);
            _time.Pass(TimeSpan.FromMilliseconds(9_999));
        }

        Assert.Contains("127.0.0.1:8080", Assert.Single(_lines.At(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Fact]
    public void Paused_AgainAfterTenQuietSeconds_IsSaidAgain()
    {
        _log.Paused(_address, Errno.TooManyInProcess);
        _time.Pass(TimeSpan.FromSeconds(10));
        _log.Paused(_address, Errno.TooManyInProcess);

        Assert.Equal(2, _lines.At(LogLevel.Warning).Count);
    }
}
