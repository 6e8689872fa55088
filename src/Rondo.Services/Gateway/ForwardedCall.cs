using Rondo.Services.Auth;
using Rondo.Services.Auth.Http;
using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Gateway;

/// <summary>
/// One request on its way, and then another: when its answer begins it notes the time, and what stays open from then
/// on, such as a WebSocket or an event stream, ends with the key that opened it and with the server.
/// </summary>
/// <threadsafety>The thread of the request; the ends come from any.</threadsafety>
#pragma warning disable CA1001 // The source has no timer and no handle, and who ends it may come at any time.
internal sealed class ForwardedCall(ForwardedCalls calls)
#pragma warning restore CA1001
{
    private const string EventStream = "text/event-stream";
    private const long NoDeadline = long.MaxValue;
    private const long Passed = long.MinValue;

    private static readonly Func<object, Task> Began = static call => ((ForwardedCall)call).AnswerBegins();

    private readonly CancellationTokenSource _limit = new();
    private RouteDecision _decision;
    private long _deadline = NoDeadline;
    private CancellationTokenRegistration _onStop;
    private CancellationTokenRegistration _onKeyEnd;

    public HttpContext Context { get; private set; } = null!;

    /// <summary>What was decided about it.</summary>
    public ref readonly RouteDecision Decision => ref _decision;

    public RouteModel Route => _decision.Route!;

    /// <summary>Whose it is; null when nobody had to show a key.</summary>
    public StoredKey? Key { get; private set; }

    /// <summary>What is sent; written anew for each attempt.</summary>
    public ForwardRequest Request { get; } = new();

    /// <summary>Cancelled at its deadline, and when what it has opened is to end.</summary>
    public CancellationToken Limit => _limit.Token;

    /// <summary>When the answer began, a timestamp; zero before.</summary>
    public long BeganAt { get; private set; }

    public void Begin(HttpContext context, in RouteDecision decision, StoredKey? key, long deadline)
    {
        (Context, _decision, Key, BeganAt) = (context, decision, key, 0);
        Interlocked.Exchange(ref _deadline, deadline);
        context.Response.OnStarting(Began, this);
    }

    /// <summary>Lets go of the request.</summary>
    /// <returns>Whether it is good for another.</returns>
    public bool End()
    {
        _onStop.Dispose();
        _onKeyEnd.Dispose();
        (_onStop, _onKeyEnd, _decision, Context, Key) = (default, default, default, null!, null);
        Request.Clear();

        // Who has seen the deadline pass is about to cancel; and an answer that has not begun may still call here.
        return Interlocked.Exchange(ref _deadline, NoDeadline) != Passed && !_limit.IsCancellationRequested
            && BeganAt != 0;
    }

    /// <summary>Ends it if its deadline is over.</summary>
    /// <returns>Whether it has one that is to come.</returns>
    public bool EndIfLate(long now)
    {
        var deadline = Volatile.Read(ref _deadline);
        if (deadline <= now)
        {
            if (deadline != Passed && Interlocked.CompareExchange(ref _deadline, Passed, deadline) == deadline)
            {
                _limit.Cancel();
            }

            return false;
        }

        return deadline != NoDeadline;
    }

    private Task AnswerBegins()
    {
        if (Context is null)
        {
            return Task.CompletedTask;
        }

        BeganAt = calls.Time.GetTimestamp();
        var response = Context.Response;
        if (Route.Config.Auth.Kind is not AuthKind.Own)
        {
            HeaderRules.DropOurCookies(response.Headers);
        }

        if (!Route.Config.Times.IsTotalSet
            && Volatile.Read(ref _deadline) is not Passed and var deadline)
        {
            Interlocked.CompareExchange(ref _deadline, NoDeadline, deadline);
        }

        if (response.StatusCode == StatusCodes.Status101SwitchingProtocols
            || response.ContentType?.StartsWith(EventStream, StringComparison.OrdinalIgnoreCase) is true)
        {
            _onStop = calls.Stopping.UnsafeRegister(Cancel, _limit);
            if (AcceptedKey.Of(Context) is { } key)
            {
                _onKeyEnd = calls.Revocations.TokenOf(key.Entry.Secret).UnsafeRegister(Cancel, _limit);
            }
        }

        return Task.CompletedTask;
    }

    private static void Cancel(object? limit) => ((CancellationTokenSource)limit!).Cancel();
}
