using System.Text.Json;
using Rondo.Services.Hosting;

namespace Rondo.Services.Auth.Http;

/// <summary>Reads JSON about a key. Null after an answer that says what is wrong.</summary>
internal static class KeyForm
{
    public const string DefaultGrace = "24h";

    private const int MostBytes = 64 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    private static readonly string[] Members =
        ["name", "owner", "scopes", "expires", "addresses", "origins", "rate", "quota"];

    /// <summary>What a new key is to be.</summary>
    public static Task<KeySettings?> NewAsync(HttpContext context, DateTimeOffset now) => ReadAsync(context, body =>
    {
        if (!body.TryGetProperty("name", out _) || !body.TryGetProperty("scopes", out _))
        {
            throw new FormatException("A key has a 'name' and 'scopes'.");
        }

        return Change(body, now)(new KeySettings("", "", ScopeSet.Stored([])));
    });

    /// <summary>What is to be different about a key; null takes a limit away.</summary>
    public static Task<Func<KeySettings, KeySettings>?> ChangeAsync(HttpContext context, DateTimeOffset now) =>
        ReadAsync(context, body => Change(body, now));

    /// <summary>How long the text of before still counts.</summary>
    public static async Task<TimeSpan?> GraceAsync(HttpContext context) =>
        (await ReadAsync(context, body =>
        {
            Refuse(body, "grace");
            return new Given(KeyTexts.Grace(Text(body, "grace") ?? DefaultGrace));
        }))?.Grace;

    /// <summary>
    /// What somebody asks about a key: their own, one that a service was shown, or those behind what is open.
    /// </summary>
    public static Task<CheckOrder?> CheckAsync(HttpContext context) => ReadAsync(context, body =>
    {
        Refuse(body, "scope", CheckJson.For, CheckJson.Held);
        ShownKey? shown = body.TryGetProperty(CheckJson.For, out var asked) ? CheckJson.ReadFor(asked) : null;
        var held = body.TryGetProperty(CheckJson.Held, out var prefixes) ? Texts(CheckJson.Held, prefixes) : null;
        var scope = Text(body, "scope") ?? "";
        return scope.Length > 0 && (scope.StartsWith('!') || ScopeSet.Parse([scope]).Set is null)
            ? throw new FormatException("'scope' is one such as weather:read.")
            : new CheckOrder(scope, shown, held);
    });

    public static Task<WantedTicket?> TicketAsync(HttpContext context) => ReadAsync(context, body =>
    {
        Refuse(body, "path", "origin");
        return Text(body, "path") is { Length: <= 500 } path && path.StartsWith('/') && !path.Contains('?')
            ? new WantedTicket(
                path,
                Text(body, "origin") is { } origin ? KeyTexts.Origins([origin])![0] : null)
            : throw new FormatException("'path' is the path that is to be opened, such as /chat/ws.");
    });

    private static Func<KeySettings, KeySettings> Change(JsonElement body, DateTimeOffset now)
    {
        Refuse(body, Members);
        Func<KeySettings, KeySettings> change = settings => settings;
        foreach (var member in body.EnumerateObject())
        {
            var (before, one) = (change, One(member.Name, member.Value, now));
            change = settings => one(before(settings));
        }

        return change;
    }

    private static Func<KeySettings, KeySettings> One(string name, JsonElement value, DateTimeOffset now)
    {
        var isNull = value.ValueKind is JsonValueKind.Null;
        switch (name)
        {
            case "name":
                var given = KeyTexts.Name(Text(name, value));
                return s => s with { Name = given };
            case "owner":
                var owner = isNull ? "" : KeyTexts.Owner(Text(name, value));
                return s => s with { Owner = owner };
            case "scopes":
                var scopes = KeyTexts.Scopes(Texts(name, value));
                return s => s with { Scopes = scopes };
            case "expires":
                DateTimeOffset? expires = isNull ? null : KeyTexts.Expires(Text(name, value), now);
                return s => s with { Expires = expires };
            case "addresses":
                var addresses = isNull ? null : KeyTexts.Addresses(Texts(name, value));
                return s => s with { Addresses = addresses };
            case "origins":
                var origins = isNull ? null : KeyTexts.Origins(Texts(name, value));
                return s => s with { Origins = origins };
            case "rate":
                var rate = isNull ? null : KeyTexts.Rate(Text(name, value));
                return s => s with { Rate = rate };
            default:
                long? quota = isNull ? null
                    : value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var uses) ? KeyTexts.Quota(uses)
                    : KeyTexts.Quota(0);
                return s => s with { Quota = quota };
        }
    }

    private static async Task<T?> ReadAsync<T>(HttpContext context, Func<JsonElement, T> read)
        where T : class
    {
        var problem = new Problem(ProblemType.InvalidBody, "The body is a JSON object.");
        try
        {
            if (await BoundedStream.ReadAllAsync(context.Request.Body, MostBytes, context.RequestAborted) is { } body)
            {
                using var document = JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body, Strict);
                if (document.RootElement.ValueKind is JsonValueKind.Object)
                {
                    return read(document.RootElement);
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Told below.
        }
        catch (FormatException error)
        {
            problem = new Problem(AuthProblems.UnusableKey, error.Message);
        }

        await problem.WriteAsync(context);
        return null;
    }

    private static void Refuse(JsonElement body, params string[] known)
    {
        if (body.EnumerateObject().Select(m => m.Name).FirstOrDefault(n => !known.Contains(n)) is { } unknown)
        {
            throw new FormatException(
                $"There is no '{(unknown.Length <= 40 ? unknown : unknown[..40])}' here; "
                    + $"there are {string.Join(", ", known)}.");
        }
    }

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) ? Text(name, value) : null;

    private static string Text(string name, JsonElement value) => value.ValueKind is JsonValueKind.String
        ? value.GetString()!
        : throw new FormatException($"'{name}' is a text.");

    private static IReadOnlyList<string> Texts(string name, JsonElement value) =>
        value.ValueKind is JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind is JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(v => v.GetString()!)]
            : throw new FormatException($"'{name}' is a list of texts.");

    private sealed record Given(TimeSpan Grace);
}

/// <summary>What is asked about keys.</summary>
/// <param name="Scope">What the caller's own key has to allow; empty for nothing in particular.</param>
/// <param name="Shown">What a request to another service has shown; null for the caller's own.</param>
/// <param name="Held">Prefixes of keys that have opened something; null for none.</param>
internal sealed record CheckOrder(string Scope, ShownKey? Shown, IReadOnlyList<string>? Held);

/// <summary>What a ticket is to open, and whose pages.</summary>
internal sealed record WantedTicket(string Path, string? Origin);
