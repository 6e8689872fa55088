using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Rondo.Services.Auth;
using Rondo.Services.Auth.Http;
using Rondo.Services.Gateway.Upstream;
using Rondo.Services.Hosting;
using Rondo.Services.Registry;

namespace Rondo.Services.Gateway;

/// <summary>
/// Carries a request that has been let in to an instance of its service, to another when that fails, and answers when
/// none could.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class RouteForwarding(
    IForwarder forwarder, IRegistryView registry, InstanceChooser chooser, OutgoingRequest outgoing,
    BuiltInPaths builtIn, Credentials credentials, AccessLine access, IHostApplicationLifetime lifetime,
    TimeProvider time, ILogger<RouteForwarding> logger) : IDisposable
{
    private readonly ForwardedCalls _calls = new(time, credentials.Revocations, lifetime.ApplicationStopping);

    /// <summary>Serves a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="decision">What was decided about it.</param>
    /// <param name="key">Whose it is; null when nobody had to show a key.</param>
    /// <param name="here">Serves it in this process, when that is what it is for.</param>
    public Task ServeAsync(HttpContext context, in RouteDecision decision, StoredKey? key, RequestDelegate here)
    {
        var (route, began) = (decision.Route!, time.GetTimestamp());
        route.State.Budget.Count(began);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = route.Config.MaxBody;
        }

        OutgoingRequest.RefuseUpgrades(context.Request);
        var now = time.GetUtcNow();
        var total = Total(context.Request, route.Config.Times.Total, now);
        if (total <= TimeSpan.Zero)
        {
            return RefuseAsync(context, route, RouteOutcome.Failed, new Problem(
                GatewayProblems.UpstreamTimeout, "The deadline of this request is over."));
        }

        return ServeAsync(_calls.Start(context, decision, key, total, began), here, began, now + total);
    }

    public void Dispose() => _calls.Dispose();

    // One method for all attempts, and one object for what it keeps: each more would be made for every request.
    private async Task ServeAsync(ForwardedCall call, RequestDelegate here, long began, DateTimeOffset deadline)
    {
        var (context, route) = (call.Context, call.Route);
        ServiceInstance? last = null;
        try
        {
            ForwardResult result = default;
            for (var attempt = 1; ; attempt++)
            {
                var service = registry.Current?.Find(route.Config.Service);
                var choice = service is null
                    ? default
                    : chooser.Choose(service, Pick(route.Config, call.Key, call.Decision.Peer), last);
                if (choice.Instance is not { } instance)
                {
                    await (last is null
                        ? NobodyAsync(context, route, service, choice.Wait)
                        : FailAsync(context, route, result));
                    break;
                }

                last = instance;
                var traffic = choice.Traffic!;
                if (traffic.IsHere)
                {
                    await ServeHereAsync(call, traffic, here);
                    break;
                }

                var mayRepeat = attempt < route.Config.Retry.Attempts && IsRepeatable(context.Request.Method)
                    && route.State.Budget.HasLeft && InstanceChooser.HasOther(service!, instance);
                outgoing.Write(context, call.Decision, traffic, call.Key, deadline, mayRepeat, call.Request);
                var sent = time.GetTimestamp();
                traffic.Load.Begin();
                try
                {
                    result = await forwarder.ForwardAsync(context, call.Request, call.Limit);
                }
                catch (ArgumentException error)
                {
                    // A field of the client's that the server has let in, but that cannot stand in a request of ours.
                    result = new ForwardResult(ForwardOutcome.BodyFailed, 0, false, error.Message, error);
                }
                finally
                {
                    traffic.Load.End();
                }

                Count(call, traffic, result, sent);
                if (result.Outcome is ForwardOutcome.Completed)
                {
                    route.State.Add(RouteOutcome.Answered);
                    if (!context.Response.HasStarted)
                    {
                        // An answer without a body would be taken for one of ours without an explanation.
                        await context.Response.StartAsync(context.RequestAborted);
                    }

                    break;
                }

                Tell(context, route, instance, result);
                if (!mayRepeat || context.Response.HasStarted || result.IsBodyTouched
                    || (route.Config.Retry.On & CauseOf(result)) == 0 || !route.State.Budget.TryTake())
                {
                    await FailAsync(context, route, result);
                    break;
                }

                route.State.AddRetry();
            }

            access.Write(context, call.Decision, call.Key, last, began);
        }
        finally
        {
            _calls.End(call);
        }
    }

    private void Count(ForwardedCall call, InstanceTraffic traffic, in ForwardResult result, long began)
    {
        if (result.Outcome is ForwardOutcome.Completed && result.Status is not (502 or 503 or 504))
        {
            var answered = call.BeganAt == 0 ? time.GetTimestamp() : call.BeganAt;
            traffic.Answered(time.GetElapsedTime(began, answered), answered);
        }
        else if (IsFault(call.Context, result))
        {
            traffic.Failed();
        }
    }

    // Without a socket, and by the same rules as anybody's: an instance that is this process.
    private async Task ServeHereAsync(ForwardedCall call, InstanceTraffic traffic, RequestDelegate here)
    {
        var (context, route) = (call.Context, call.Route);
        var path = OutgoingRequest.PathOf(call.Decision, traffic.BasePath);
        if (builtIn.Find(path.Value!) is null)
        {
            await RefuseAsync(context, route, RouteOutcome.Failed, RequestRules.Loop());
            return;
        }

        context.Request.Path = path;
        var began = time.GetTimestamp();
        traffic.Load.Begin();
        try
        {
            await here(context);
        }
        finally
        {
            traffic.Load.End();
        }

        var ended = time.GetTimestamp();
        traffic.Answered(time.GetElapsedTime(began, ended), ended);
        route.State.Add(RouteOutcome.Answered);
    }

    // What the client did, and an end that we ourselves have set to an answer that went well, says nothing of it.
    private static bool IsFault(HttpContext context, in ForwardResult result) => result.Outcome switch
    {
        ForwardOutcome.BodyFailed or ForwardOutcome.ClientLeft => false,
        ForwardOutcome.Cancelled or ForwardOutcome.IdleTimeout => !context.Response.HasStarted,
        _ => true,
    };

    /// <summary>How an instance is chosen for a request.</summary>
    public static PickRequest Pick(RouteConfig route, StoredKey? key, ClientPeer peer) =>
        route.Pick is PickPolicy.Sticky
            ? new PickRequest(PickPolicy.Sticky, Key: key?.Id ?? peer.Address?.ToString() ?? "")
            : new PickRequest(route.Pick);

    // RFC 9110 section 9.2.2, without TRACE.
    private static bool IsRepeatable(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method)
        || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method);

    private static RetryCause CauseOf(in ForwardResult result) => result.Outcome switch
    {
        ForwardOutcome.ConnectFailed or ForwardOutcome.ConnectTimeout => RetryCause.Connect,
        ForwardOutcome.ConnectionLost or ForwardOutcome.InvalidAnswer => RetryCause.BadGateway,
        ForwardOutcome.FirstByteTimeout => RetryCause.Timeout,
        ForwardOutcome.Discarded => result.Status switch
        {
            502 => RetryCause.BadGateway,
            503 => RetryCause.Unavailable,
            _ => RetryCause.Timeout,
        },
        _ => RetryCause.None,
    };

    private static TimeSpan Total(HttpRequest request, TimeSpan total, DateTimeOffset now) =>
        request.Headers.TryGetValue(OutgoingRequest.DeadlineField, out var sent) && sent is [{ } text]
        && DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var deadline)
        && deadline - now < total
            ? deadline - now
            : total;

    private static Task RefuseAsync(HttpContext context, RouteModel route, RouteOutcome outcome, Problem problem)
    {
        route.State.Add(outcome);
        return problem.WriteAsync(context);
    }

    private static Task NobodyAsync(HttpContext context, RouteModel route, ServiceView? service, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds))
            .ToString("0", CultureInfo.InvariantCulture);
        return RefuseAsync(context, route, RouteOutcome.NoInstance, Nobody(route.Config, service, wait));
    }

    /// <summary>Why there is nobody for a request.</summary>
    /// <param name="route">The route.</param>
    /// <param name="service">The service; null when nobody has registered it.</param>
    /// <param name="wait">How long until somebody who has failed is asked again; zero when there is none.</param>
    public static Problem Nobody(RouteConfig route, ServiceView? service, TimeSpan wait)
    {
        var name = route.Service;
        return wait > TimeSpan.Zero
            ? new Problem(
                GatewayProblems.CircuitOpen,
                $"'{name}' has failed too often of late. It is asked again in a moment.", ("service", name))
            : new Problem(
                GatewayProblems.NoHealthyInstance,
                service is null
                    ? $"Nobody has registered '{name}'."
                    : $"No instance of '{name}' takes calls at present.",
                ("service", name));
    }

    private Task FailAsync(HttpContext context, RouteModel route, ForwardResult result)
    {
        var isAbandoned = result.Outcome is ForwardOutcome.ClientLeft or ForwardOutcome.BodyFailed;
        route.State.Add(isAbandoned ? RouteOutcome.Abandoned : RouteOutcome.Failed);
        return context.Response.HasStarted || result.Outcome is ForwardOutcome.ClientLeft
            ? Task.CompletedTask
            : FailureText.Of(context, route.Config, result, lifetime.ApplicationStopping.IsCancellationRequested)
                .WriteAsync(context);
    }

    private void Tell(HttpContext context, RouteModel route, ServiceInstance instance, in ForwardResult result)
    {
        if (result.Outcome is not (ForwardOutcome.ClientLeft or ForwardOutcome.BodyFailed)
            && logger.IsEnabled(LogLevel.Warning))
        {
            GatewayLog.UpstreamFailed(
                logger, route.Config.Id, instance.Id, instance.Name, result.Outcome.ToString(), result.Detail,
                context.TraceIdentifier, result.Error);
        }
    }
}
