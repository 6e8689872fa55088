using System.Net;
using Microsoft.Extensions.Logging;

namespace Rondo.Transport.Kestrel;

/// <summary>
/// Says that connections wait because the system has no room for them. All loops and addresses run out of descriptors
/// together, and at the limit with every connection that ends, so an episode is one line: it is over when nobody has
/// had to wait for a while. Any thread.
/// </summary>
internal sealed class AcceptLog(ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(10);

    private long _last;

    /// <summary>A loop does not accept for now, or still does not.</summary>
    public void Paused(EndPoint endPoint, int error)
    {
        var now = time.GetTimestamp();
        var last = Interlocked.Exchange(ref _last, now);
        if (last == 0 || time.GetElapsedTime(last, now) >= s_quiet)
        {
            TransportLog.AcceptPaused(logger, endPoint, new NativeException("accept4", error).Message);
        }
    }
}
