using System.Globalization;
using Rondo.Services.Gateway.Upstream;
using Rondo.Services.Hosting;

namespace Rondo.Services.Gateway;

/// <summary>
/// Says to the client what became of its request. Where a service is, and what exactly went wrong there, is in the log.
/// </summary>
internal static class FailureText
{
    public static Problem Of(HttpContext context, RouteConfig route, in ForwardResult result, bool isStopping)
    {
        var service = ("service", route.Service);
        switch (result.Outcome)
        {
            case ForwardOutcome.BodyFailed:
                return OfBody(context, result.Error, route);
            case ForwardOutcome.Cancelled when isStopping:
                return new Problem(ProblemType.NotReady, "The server stops.");
            case ForwardOutcome.Cancelled or ForwardOutcome.ConnectTimeout or ForwardOutcome.FirstByteTimeout
                or ForwardOutcome.IdleTimeout:
                return new Problem(
                    GatewayProblems.UpstreamTimeout,
                    $"'{route.Service}' did not {WhatNot(result.Outcome)} in time.", service);
            default:
                if (route.Auth.Kind is AuthKind.Own
                    && result.Outcome is (ForwardOutcome.ConnectFailed or ForwardOutcome.ConnectionLost))
                {
                    // Somebody starts it again.
                    context.Response.Headers.RetryAfter = "1";
                }

                return new Problem(
                    GatewayProblems.UpstreamFailed, $"'{route.Service}' {What(result)}.", service);
        }
    }

    /// <summary>Says what is wrong with a request; its connection ends with the answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="error">What reading its body, or writing its head, has failed with.</param>
    /// <param name="route">Whose limit its body has; null where it has none.</param>
    public static Problem OfBody(HttpContext context, Exception? error, RouteConfig? route = null)
    {
        // What is left of the body cannot be told from the next request.
        context.Response.Headers.Connection = "close";
        return error switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } when route is not null =>
                RequestRules.TooLarge(route),
            BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } =>
                new Problem(ProblemType.RefusedRequest, "The body came too slowly.")
                {
                    Status = StatusCodes.Status408RequestTimeout,
                },
            ArgumentException => new Problem(
                ProblemType.RefusedRequest, "A field of the request has characters that cannot be sent on."),
            _ => new Problem(GatewayProblems.BrokenBody, "The body of the request breaks off, or breaks the rules."),
        };
    }

    private static string WhatNot(ForwardOutcome outcome) => outcome switch
    {
        ForwardOutcome.ConnectTimeout => "take the call",
        ForwardOutcome.FirstByteTimeout => "begin to answer",
        _ => "answer",
    };

    private static string What(in ForwardResult result) => result.Outcome switch
    {
        ForwardOutcome.ConnectFailed => "could not be reached",
        ForwardOutcome.ConnectionLost => "broke the connection off",
        ForwardOutcome.InvalidAnswer => "answered what is no HTTP",
        _ => string.Create(CultureInfo.InvariantCulture, $"answered {result.Status}, as did others before"),
    };
}
