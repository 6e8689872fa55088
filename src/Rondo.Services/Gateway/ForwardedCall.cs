using Rondo.Services.Auth;
using Rondo.Services.Auth.Http;

namespace Rondo.Services.Gateway;

/// <summary>
/// One request on its way: when its answer begins it notes the time, and what stays open from then on, such as a
/// WebSocket or an event stream, ends with the key that opened it and with the server.
/// </summary>
/// <threadsafety>The thread of the request; the ends come from any.</threadsafety>
internal sealed class ForwardedCall : IDisposable
{
    private const string EventStream = "text/event-stream";

    private static readonly Func<object, Task> Began = static call => ((ForwardedCall)call).Begin();

    private readonly HttpContext _context;
    private readonly RouteConfig _route;
    private readonly CancellationTokenSource _limit;
    private readonly KeyRevocations _revocations;
    private readonly CancellationToken _stopping;
    private readonly TimeProvider _time;
    private CancellationTokenRegistration _onStop;
    private CancellationTokenRegistration _onKeyEnd;

    public ForwardedCall(
        HttpContext context, RouteConfig route, CancellationTokenSource limit, KeyRevocations revocations,
        TimeProvider time, CancellationToken stopping)
    {
        (_context, _route, _limit, _revocations, _stopping, _time) =
            (context, route, limit, revocations, stopping, time);
        context.Response.OnStarting(Began, this);
    }

    /// <summary>When the answer began; zero before.</summary>
    public long BeganAt { get; private set; }

    public void Dispose()
    {
        _onStop.Dispose();
        _onKeyEnd.Dispose();
    }

    private Task Begin()
    {
        BeganAt = _time.GetTimestamp();
        var response = _context.Response;
        HeaderRules.DropOurCookies(response.Headers);
        if (!_route.Times.IsTotalSet)
        {
            _limit.CancelAfter(Timeout.InfiniteTimeSpan);
        }

        if (response.StatusCode == StatusCodes.Status101SwitchingProtocols
            || response.ContentType?.StartsWith(EventStream, StringComparison.OrdinalIgnoreCase) is true)
        {
            _onStop = _stopping.UnsafeRegister(End, _limit);
            if (AcceptedKey.Of(_context) is { } key)
            {
                _onKeyEnd = _revocations.TokenOf(key.Entry.Secret).UnsafeRegister(End, _limit);
            }
        }

        return Task.CompletedTask;
    }

    private static void End(object? limit) => ((CancellationTokenSource)limit!).Cancel();
}
