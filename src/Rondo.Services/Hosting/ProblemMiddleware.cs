namespace Rondo.Services.Hosting;

/// <summary>
/// The outermost step of every request: gives it an id, turns what escapes into a problem answer, and fills the empty
/// bodies of routing's own 404 and 405. No client mistake becomes a 5xx here, and no exception text leaves the process.
/// </summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    // A value of the route of which the path in the log shows the name alone.
    private const string SecretValue = "token";

    private const int LongestRequestId = 64;

    public async Task InvokeAsync(HttpContext context)
    {
        AssignRequestId(context);
        try
        {
            await next(context);
            if (logger.IsEnabled(LogLevel.Debug))
            {
                HostingLog.RequestAnswered(
                    logger, context.Request.Method, LoggedPath(context), context.Response.StatusCode,
                    context.TraceIdentifier);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (BadHttpRequestException refused) when (!HasBody(context.Response))
        {
            await Restart(
                context, new Problem(ProblemType.RefusedRequest, refused.Message) { Status = refused.StatusCode });
            return;
        }
        catch (DatabaseException error) when (error.IsPassing && !HasBody(context.Response))
        {
            HostingLog.NotStored(logger, context.Request.Method, LoggedPath(context), error.Message);
            await Restart(
                context, new Problem(ProblemType.StoreBusy, ReasonOf(error)),
                retryAfter: error.Failure is DatabaseFailure.NotLeader ? "1" : "2");
            return;
        }
        catch (Exception error)
        {
            HostingLog.RequestFailed(
                logger, error, context.Request.Method, LoggedPath(context), context.TraceIdentifier);
            if (HasBody(context.Response))
            {
                // Half an answer must not look like a whole one.
                context.Abort();
                return;
            }

            await Restart(context, new Problem(
                ProblemType.InternalError,
                $"This request failed. The log has the reason under request id '{context.TraceIdentifier}'."));
            return;
        }

        if (context.Response is { StatusCode: >= 400, HasStarted: false, ContentType: null } response)
        {
            await Describe(context, response.StatusCode).WriteAsync(context);
        }
    }

    private static string ReasonOf(DatabaseException error) => error.Failure switch
    {
        DatabaseFailure.Unavailable => "Nothing was stored: the database cannot be reached or used. Try again soon.",
        DatabaseFailure.NotLeader => "Nothing was stored: another node leads now. Try again.",
        DatabaseFailure.Unknown =>
            "The database was lost meanwhile: the change may be stored or not. Look before you repeat it.",
        _ => "Nothing was stored: another process has the database, or its disk is full. Try again soon.",
    };

    // Never the query: it may hold what nobody else is to know.
    private static string LoggedPath(HttpContext context) =>
        context.GetEndpoint() is RouteEndpoint endpoint && context.Request.RouteValues.ContainsKey(SecretValue)
            ? endpoint.RoutePattern.RawText!
            : context.Request.Path.Value ?? "";

    // What is written but not sent yet cannot be taken back either.
    private static bool HasBody(HttpResponse response) =>
        response.HasStarted || (response.BodyWriter.CanGetUnflushedBytes && response.BodyWriter.UnflushedBytes > 0);

    private static void AssignRequestId(HttpContext context)
    {
        if (context.Request.Headers.TryGetValue("X-Request-Id", out var sent)
            && sent is [{ Length: > 0 and <= LongestRequestId } id]
            && id.AsSpan().IndexOfAnyExcept(RequestIdCharacters) < 0)
        {
            context.TraceIdentifier = id;
        }

        context.Response.Headers["X-Request-Id"] = context.TraceIdentifier;
    }

    private static readonly System.Buffers.SearchValues<char> RequestIdCharacters = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    private static Task Restart(
        HttpContext context, Problem problem, Microsoft.Extensions.Primitives.StringValues retryAfter = default)
    {
        context.Response.Clear();
        context.Response.Headers["X-Request-Id"] = context.TraceIdentifier;
        context.Response.Headers.RetryAfter = retryAfter;
        return problem.WriteAsync(context);
    }

    private static Problem Describe(HttpContext context, int status) => status switch
    {
        404 => new Problem(ProblemType.NotFound, $"There is no '{context.Request.Path}'. GET /openapi.json lists every route."),
        405 => new Problem(
            ProblemType.MethodNotAllowed,
            $"'{context.Request.Path}' takes {context.Response.Headers.Allow}, not {context.Request.Method}."),
        _ => new Problem(ProblemType.RefusedRequest, $"The request was refused with status {status}.")
        {
            Status = status,
        },
    };
}
