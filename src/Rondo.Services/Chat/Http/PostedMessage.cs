using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Chat.Http;

/// <summary>A message as a request carries it: JSON, a form, or nothing but its text.</summary>
internal sealed record PostedMessage(string Text, string? ClientId, string? Name)
{
    private const int MostBytes = 64 * 1024;
    private const string Form = "application/x-www-form-urlencoded";

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private static readonly ProblemType UnsupportedType = new("unsupported-type", 415, "Media type not supported");

    /// <summary>The message; null after an answer that says what is wrong with it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="members">Where the text is, of JSON and of a form; without any, <c>text</c> or <c>body</c>.</param>
    public static async Task<PostedMessage?> ReadAsync(HttpContext context, params string[] members)
    {
        var (message, problem) = await ParseAsync(context, members.Length > 0 ? members : ["text", "body"]);
        if (problem is not null)
        {
            await problem.WriteAsync(context);
        }

        return problem is null ? message : null;
    }

    private static async Task<(PostedMessage? Message, Problem? Problem)> ParseAsync(
        HttpContext context, string[] members)
    {
        var body = await BoundedStream.ReadAllAsync(context.Request.Body, MostBytes, context.RequestAborted);
        if (body is null)
        {
            return (null, new Problem(ProblemType.BodyTooLarge, $"A message's body has at most {MostBytes} bytes."));
        }

        var type = context.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        try
        {
            var message = type switch
            {
                MediaType.Json => FromJson(body, members),
                Form => FromForm(Strict.GetString(body), members),
                MediaType.Text or null => new PostedMessage(Strict.GetString(body), null, null),
                _ => null,
            };
            return message is null
                ? (null, new Problem(
                    UnsupportedType, $"A message comes as {MediaType.Json}, {Form} or {MediaType.Text}."))
                : Check(context.Request.Headers["Idempotency-Key"] is [{ } key]
                    ? message with { ClientId = key }
                    : message);
        }
        catch (Exception error) when (error is JsonException or FormatException or ArgumentException)
        {
            var reason = error is FormatException ? error.Message : "The body is not what its type says, or not UTF-8.";
            return (null, new Problem(ProblemType.InvalidBody, reason));
        }
    }

    /// <summary>The text of a body; null when it is none.</summary>
    public static string? Utf8(byte[]? body)
    {
        try
        {
            return body is null ? null : Strict.GetString(body);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static (PostedMessage? Message, Problem? Problem) Check(PostedMessage message) =>
        message.ClientId is { Length: 0 or > StreamLimits.LongestKey }
            ? (null, new Problem(
                ProblemType.InvalidBody, $"'client_id' has 1 to {StreamLimits.LongestKey} characters."))
            : (message, null);

    private static PostedMessage FromJson(byte[] body, string[] members)
    {
        using var document = JsonDocument.Parse(
            body, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
        var root = document.RootElement;
        return root.ValueKind is JsonValueKind.Object
            && members.Select(m => ChatJson.TextMember(root, m)).FirstOrDefault(t => t is not null) is { } text
            ? new PostedMessage(text, ChatJson.TextMember(root, "client_id"), ChatJson.TextMember(root, "name"))
            : throw new FormatException($$"""The body is JSON such as {"{{members[0]}}":"hello"}.""");
    }

    // curl -d 'hello' says that it sends a form, and does not.
    private static PostedMessage FromForm(string body, string[] members)
    {
        var fields = QueryHelpers.ParseQuery(body);
        return members.LastOrDefault(fields.ContainsKey) is { } member
            ? new PostedMessage(Field(member) ?? "", Field("client_id"), Field("name"))
            : new PostedMessage(body, null, null);

        string? Field(string name) => fields.TryGetValue(name, out var values) ? values[^1] : null;
    }
}
