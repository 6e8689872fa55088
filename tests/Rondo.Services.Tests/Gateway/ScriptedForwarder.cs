using System.Collections.Concurrent;
using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Tests.Gateway;

/// <summary>Takes down what would be sent, and ends exchanges as a test says.</summary>
internal sealed class ScriptedForwarder : IForwarder
{
    public ConcurrentQueue<ForwardRequest> Sent { get; } = new();

    /// <summary>What becomes of an exchange; at first an answer of 200.</summary>
    public Func<HttpContext, ForwardRequest, CancellationToken, ValueTask<ForwardResult>> Script { get; set; } =
        (context, request, _) => AnswerAsync(context, 200, request.Target);

    public static async ValueTask<ForwardResult> AnswerAsync(HttpContext context, int status, string body)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = status;
        }

        await context.Response.WriteAsync(body, CancellationToken.None);
        return new ForwardResult(ForwardOutcome.Completed, status, false);
    }

    public static ValueTask<ForwardResult> EndAsync(ForwardOutcome outcome, int status = 0, bool isTouched = false) =>
        new(new ForwardResult(outcome, status, isTouched, "as scripted"));

    /// <summary>Ends exchanges with some instances of a service so, and answers from all others.</summary>
    public void FailAt(string host, ForwardOutcome outcome, int status = 0, bool isTouched = false) =>
        Script = (context, request, _) => request.Upstream.Host == host
            ? EndAsync(outcome, status, isTouched)
            : AnswerAsync(context, 200, request.Upstream.Host);

    // The gateway uses it again for others.
    private static ForwardRequest Copy(ForwardRequest request)
    {
        var copy = new ForwardRequest
        {
            Upstream = request.Upstream,
            Method = request.Method,
            Target = request.Target,
            Host = request.Host,
            IsHttp2 = request.IsHttp2,
            Limits = request.Limits,
            Discards = request.Discards,
        };
        copy.Headers.AddRange(request.Headers);
        return copy;
    }

    public ValueTask<ForwardResult> ForwardAsync(
        HttpContext context, ForwardRequest request, CancellationToken cancellationToken)
    {
        Sent.Enqueue(Copy(request));
        return Script(context, request, cancellationToken);
    }
}
