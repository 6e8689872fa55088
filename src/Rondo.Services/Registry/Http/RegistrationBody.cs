using System.Text.Json;
using Rondo.Services.Hosting;

namespace Rondo.Services.Registry.Http;

/// <summary>Reads a registration from JSON, strictly: what is not understood is refused, not passed over.</summary>
internal static class RegistrationBody
{
    public const int MostBytes = 16 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    private static readonly string[] Members =
        ["url", "ttl", "zone", "weight", "tags", "meta", "check", "routes", "status"];

    private static readonly string[] CheckMembers = ["type", "path", "interval", "timeout", "fail_after", "pass_after"];

    /// <summary>Makes something of the body, a JSON object; or says what is wrong with it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="read">Throws <see cref="FormatException"/> with a message for the caller.</param>
    public static async Task<(T Value, Problem? Problem)> ReadAsync<T>(HttpContext context, Func<JsonElement, T> read)
    {
        if (await BoundedStream.ReadAllAsync(context.Request.Body, MostBytes, context.RequestAborted) is not { } body)
        {
            return Refused<T>(RegistryProblems.TooLarge, $"A registration has at most {MostBytes / 1024} kB.");
        }

        try
        {
            using var document = JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body, Strict);
            if (document.RootElement.ValueKind is JsonValueKind.Object)
            {
                return (Read(document.RootElement, read), null);
            }
        }
        catch (FormatException refused)
        {
            return Refused<T>(RegistryProblems.UnusableRegistration, refused.Message);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Told below; the second is of a name that is no Unicode.
        }

        return Refused<T>(ProblemType.InvalidBody, "The body is a JSON object, with each member once.");
    }

    /// <exception cref="FormatException">Something in it cannot be taken; the message is for the caller.</exception>
    public static Registration Parse(JsonElement body, RegistrantPlace place, Func<string, bool> isReserved)
    {
        Known(body, Members, "a registration");
        var url = Text(body, "url") ?? throw new FormatException("'url' is missing.");
        if (InstanceUrl.Mistake(url, place) is { } mistake)
        {
            throw new FormatException(mistake);
        }

        return new Registration
        {
            Url = url,
            Ttl = Time(body, "ttl", Registration.ShortestTtl, Registration.LongestTtl)
                ?? Registration.DefaultTtl,
            Zone = Zone(Text(body, "zone")),
            Weight = Number(body, "weight", 0, Registration.LargestWeight) ?? 1,
            Tags = Texts(body, "tags", Registration.MostTags, Registration.LongestTag),
            Meta = Meta(body, "meta"),
            Check = Check(body),
            Routes = [.. Texts(body, "routes", Registration.MostRoutes, Registration.LongestRoute)
                .Select(r => Route(r, isReserved))],
            First = Text(body, "status") is not { } status ? InstanceState.Passing : State(status),
        };
    }

    /// <summary>A state that an instance says of itself.</summary>
    public static InstanceState State(string text) => InstanceStateText.ParseReported(text)
        ?? throw new FormatException("'status' is one of starting, passing, warning, critical.");

    public static void Known(JsonElement body, string[] members, string what)
    {
        if (body.EnumerateObject().Select(m => m.Name).FirstOrDefault(n => !members.Contains(n)) is { } unknown)
        {
            throw new FormatException(
                $"There is no '{Shorten(unknown)}' in {what}; there are {string.Join(", ", members)}.");
        }
    }

    public static string? Text(JsonElement body, string name) =>
        !body.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null ? null
        : value.ValueKind is JsonValueKind.String ? value.GetString()
        : throw new FormatException($"'{name}' is a text.");

    /// <summary>A text that can be shown and sent on: no control characters, at most so long.</summary>
    public static string Printable(string name, string text, int longest) =>
        text.Length <= longest && !text.Any(char.IsControl)
            ? text
            : throw new FormatException($"'{name}' has at most {longest} characters and no control characters.");

    public static IReadOnlyDictionary<string, string> Meta(JsonElement body, string name)
    {
        var meta = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (!body.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null)
        {
            return meta;
        }

        if (value.ValueKind is not JsonValueKind.Object || value.GetPropertyCount() > Registration.MostMeta)
        {
            throw new FormatException($"'{name}' is an object of at most {Registration.MostMeta} texts.");
        }

        foreach (var pair in value.EnumerateObject())
        {
            if (pair.Name.Length == 0 || pair.Value.ValueKind is not JsonValueKind.String)
            {
                throw new FormatException($"'{name}' has texts under names.");
            }

            meta.Add(
                Printable(name, pair.Name, Registration.LongestMetaKey),
                Printable(name, pair.Value.GetString()!, Registration.LongestMetaValue));
        }

        return meta;
    }

    public static IReadOnlyList<string> Texts(JsonElement body, string name, int most, int longest)
    {
        if (!body.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null)
        {
            return [];
        }

        return value.ValueKind is JsonValueKind.Array && value.GetArrayLength() <= most
            && value.EnumerateArray().All(t => t.ValueKind is JsonValueKind.String && t.GetString()!.Length > 0)
            ? [.. value.EnumerateArray().Select(t => Printable(name, t.GetString()!, longest))]
            : throw new FormatException($"'{name}' is a list of at most {most} texts.");
    }

    public static int? Number(JsonElement body, string name, int least, int most) =>
        !body.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null ? null
        : value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number)
            && number >= least && number <= most
            ? number
            : throw new FormatException($"'{name}' is a whole number from {least} to {most}.");

    public static TimeSpan? Time(JsonElement body, string name, TimeSpan least, TimeSpan most) =>
        Text(body, name) is not { } text ? null
        : TimeText.Parse(text) is { } time && time >= least && time <= most
            ? time
            : throw new FormatException(
                $"'{name}' is a time from {TimeText.Format(least)} to {TimeText.Format(most)}, such as 30s, 5m or 2h.");

    public static string Zone(string? text) => Printable("zone", text ?? "", Registration.LongestZone);

    /// <summary>What a check asks for: a path that can stand in a request as it is.</summary>
    public static string Path(string text) =>
        text.Length is > 0 and <= Registration.LongestRoute && text[0] == '/'
        && !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.Contains('#')
        && !text.StartsWith("//", StringComparison.Ordinal)
            ? text
            : throw new FormatException("'path' begins with one '/' and has visible ASCII characters alone.");

    private static CheckPlan? Check(JsonElement body)
    {
        if (!body.TryGetProperty("check", out var check) || check.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        if (check.ValueKind is not JsonValueKind.Object)
        {
            throw new FormatException("'check' is an object.");
        }

        Known(check, CheckMembers, "a check");
        var plan = new CheckPlan();
        var kind = Text(check, "type") switch
        {
            "http" => CheckKind.Http,
            "tcp" => CheckKind.Tcp,
            _ => throw new FormatException("'type' of a check is http or tcp."),
        };
        return new CheckPlan
        {
            Kind = kind,
            Path = Text(check, "path") is not { } path ? plan.Path
                : kind is CheckKind.Http ? Path(path) : throw new FormatException("A check by tcp has no 'path'."),
            Interval = Time(check, "interval", CheckPlan.ShortestInterval, CheckPlan.LongestInterval) ?? plan.Interval,
            Timeout = Time(check, "timeout", TimeSpan.FromMilliseconds(10), CheckPlan.LongestTimeout) ?? plan.Timeout,
            FailAfter = Number(check, "fail_after", 1, CheckPlan.MostInARow) ?? plan.FailAfter,
            PassAfter = Number(check, "pass_after", 1, CheckPlan.MostInARow) ?? plan.PassAfter,
        };
    }

    private static string Route(string text, Func<string, bool> isReserved)
    {
        if (text[0] != '/' || text.AsSpan().ContainsAnyExceptInRange('!', '~')
            || text.AsSpan().ContainsAny('?', '#', '%')
            || text.Contains("//", StringComparison.Ordinal) || text.Contains("..", StringComparison.Ordinal))
        {
            throw new FormatException($"'{Shorten(text)}' is no route such as /weather/**.");
        }

        var first = text[1..].Split('/')[0];
        return first.Length == 0 || first.Contains('*') || isReserved(first)
            ? throw new FormatException($"'{Shorten(text)}' would take what belongs to Rondo's own services.")
            : text;
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";

    private static (T Value, Problem? Problem) Refused<T>(ProblemType type, string detail) =>
        (default!, new Problem(type, detail));

    private static T Read<T>(JsonElement body, Func<JsonElement, T> read)
    {
        try
        {
            return read(body);
        }
        catch (InvalidOperationException)
        {
            throw new FormatException("A text in the body is no Unicode.");
        }
    }
}
