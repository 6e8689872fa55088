using System.Globalization;
using System.Text.Json;

namespace Rondo.Services.Hosting;

/// <summary>A kind of failure that a client can rely on: <c>/problems/{Name}</c>, its status and its title.</summary>
internal sealed record ProblemType(string Name, int Status, string Title)
{
    public static readonly ProblemType NotFound = new("not-found", 404, "Nothing here");
    public static readonly ProblemType MethodNotAllowed = new("method-not-allowed", 405, "Method not allowed");
    public static readonly ProblemType NotAcceptable = new("not-acceptable", 406, "No acceptable format");
    public static readonly ProblemType InvalidParameter = new("invalid-parameter", 400, "Parameter not understood");
    public static readonly ProblemType UnknownParameter = new("unknown-parameter", 400, "Unknown parameter");
    public static readonly ProblemType RepeatedParameter = new("repeated-parameter", 400, "Parameter given twice");
    public static readonly ProblemType InvalidBody = new("invalid-body", 400, "Body not understood");
    public static readonly ProblemType BodyTooLarge = new("body-too-large", 413, "Body too large");
    public static readonly ProblemType RefusedRequest = new("refused-request", 400, "Request refused");
    public static readonly ProblemType InternalError = new("internal-error", 500, "Internal error");
    public static readonly ProblemType StoreBusy = new("store-busy", 503, "Store not available");
    public static readonly ProblemType NotReady = new("not-ready", 503, "Not ready");

    /// <summary>When it is worth to try again, whatever the request was; null when that is not known.</summary>
    public int? RetryAfterSeconds { get; init; }
}

/// <summary>
/// An RFC 9457 problem answer. Besides the standard members it carries <c>message</c>, which clients of Frankfurter
/// read, and <c>request_id</c>, which leads to the log line.
/// </summary>
internal sealed class Problem(ProblemType type, string detail, params (string Name, string Value)[] members)
{
    public ProblemType Type { get; } = type;

    /// <summary>Differs from the type's own status only where another service's dialect asks for it.</summary>
    public int Status { get; init; } = type.Status;

    public string Detail { get; } = detail;

    /// <summary>Writes members that are more than a text.</summary>
    public Action<Utf8JsonWriter>? More { get; init; }

    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        if (Type.RetryAfterSeconds is { } wait)
        {
            response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            return Task.CompletedTask;
        }

        using (var json = JsonReply.Writer(context))
        {
            json.WriteStartObject();
            json.WriteString("type", "/problems/" + Type.Name);
            json.WriteString("title", Type.Title);
            json.WriteNumber("status", Status);
            json.WriteString("detail", Detail);
            json.WriteString("instance", context.Request.Path.Value);
            json.WriteString("message", Detail);
            json.WriteString("request_id", context.TraceIdentifier);
            foreach (var (name, value) in members)
            {
                json.WriteString(name, value);
            }

            More?.Invoke(json);
            json.WriteEndObject();
        }

        return response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }
}
