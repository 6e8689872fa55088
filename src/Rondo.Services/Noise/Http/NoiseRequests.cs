using System.Text.Json;
using Rondo.Services.Hosting;

namespace Rondo.Services.Noise.Http;

/// <summary>What requests to the noise service carry.</summary>
internal static class NoiseRequests
{
    private const int MostBytes = 16 * 1024;
    private const string Scheme = "Bearer ";

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    public static string RoomOf(HttpContext context) => (string)context.Request.RouteValues["room"]!;

    public static string DeviceOf(HttpContext context) => (string)context.Request.RouteValues["device"]!;

    /// <summary>The token of a device; null when there is none.</summary>
    public static string? Bearer(HttpContext context) =>
        context.Request.Headers.Authorization is [{ } header]
        && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : null;

    /// <summary>Answers a request that has none, where only devices may ask.</summary>
    public static Task AskForTokenAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"rondo\"";
        return new NoiseRefusal(
            NoiseProblems.TokenNeeded, "Send 'Authorization: Bearer TOKEN' with a device's token.").WriteAsync(context);
    }

    /// <summary>
    /// Reads a JSON object with no other members than those; null after an answer that says what is wrong.
    /// </summary>
    public static async Task<T?> ReadAsync<T>(
        HttpContext context, string[] members, Func<JsonElement, T> read)
        where T : class
    {
        var problem = new Problem(ProblemType.InvalidBody, "The body is a JSON object.");
        try
        {
            var body = await BoundedStream.ReadAllAsync(context.Request.Body, MostBytes, context.RequestAborted);
            if (body is null)
            {
                problem = new Problem(ProblemType.BodyTooLarge, $"The body has at most {MostBytes} bytes.");
            }
            else
            {
                using var document = JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body, Strict);
                var root = document.RootElement;
                if (root.ValueKind is JsonValueKind.Object)
                {
                    return root.EnumerateObject().Select(m => m.Name).FirstOrDefault(n => !members.Contains(n))
                        is { } unknown
                        ? throw new FormatException(
                            $"There is no '{Shorten(unknown)}' here; there are {string.Join(", ", members)}.")
                        : read(root);
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Told below.
        }
        catch (FormatException error)
        {
            problem = new Problem(ProblemType.InvalidBody, error.Message);
        }
        catch (NoiseSettingException error)
        {
            problem = new Problem(error.Refusal.Type, error.Refusal.Detail);
        }

        await problem.WriteAsync(context);
        return null;
    }

    public static string? Text(JsonElement body, string name) =>
        !body.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null ? null
        : value.ValueKind is JsonValueKind.String ? value.GetString()
        : throw new FormatException($"'{name}' is a text.");

    public static double? Number(JsonElement body, string name) =>
        !body.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null ? null
        : value.ValueKind is JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw new FormatException($"'{name}' is a number.");

    public static NoiseSettingException Unusable(string detail) =>
        new(new NoiseRefusal(NoiseProblems.UnusableSetting, detail));

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}

/// <summary>A body that was understood, and asks for something that cannot be.</summary>
internal sealed class NoiseSettingException(NoiseRefusal refusal) : Exception(refusal.Detail)
{
    public NoiseRefusal Refusal { get; } = refusal;
}
