using System.Text.Json;
using Rondo.Services.Registry.Http;

namespace Rondo.Services.Registry.Consul;

/// <summary>
/// A registration as Consul's clients write it. What it does not know is passed over, as Consul does.
/// </summary>
/// <param name="Name">The service.</param>
/// <param name="Id">The instance; the name if none was given.</param>
/// <param name="Registration">The rest.</param>
internal sealed record ConsulBody(string Name, string Id, Registration Registration)
{
    private static readonly TimeSpan ShortestCritical = TimeSpan.FromMinutes(1);

    /// <exception cref="FormatException">Something cannot be taken; the message is for the caller.</exception>
    public static ConsulBody Parse(JsonElement body, RegistrantPlace place, string from)
    {
        var name = Text(body, "Name") ?? throw new FormatException("Missing service name");
        var id = Text(body, "ID") is { Length: > 0 } given ? given : name;
        if (!ServiceName.IsName(name) || !ServiceName.IsId(id))
        {
            throw new FormatException(
                $"Invalid service name or ID: a name has 1 to {ServiceName.LongestName} characters of a-z, 0-9, '-'");
        }

        var port = Number(body, "Port") ?? throw new FormatException("Missing service port");
        var address = Text(body, "Address") is { Length: > 0 } where ? where : from;
        var url = $"http://{(address.Contains(':') ? $"[{address}]" : address)}:{port}";
        if (InstanceUrl.Mistake(url, place) is { } mistake)
        {
            throw new FormatException("Invalid service address: " + mistake);
        }

        var registration = new Registration
        {
            Url = url,
            Ttl = Registration.LongestTtl,
            Tags = Member(body, "Tags") is { } tags ? Listed(tags) : [],
            Meta = Member(body, "Meta") is { } meta
                ? RegistrationBody.Meta(Wrapped("Meta", meta), "Meta")
                : new Dictionary<string, string>(),
            Weight = Member(body, "Weights") is { ValueKind: JsonValueKind.Object } weights
                ? Number(weights, "Passing") ?? 1
                : 1,
            Consul = new ConsulOrigin("", "service:" + id, "", from),
        };
        return new ConsulBody(name, id, Checked(body, registration, new Uri(url)));
    }

    private static Registration Checked(JsonElement body, Registration plain, Uri url)
    {
        var check = Member(body, "Check");
        if (Member(body, "Checks") is { ValueKind: JsonValueKind.Array } several && several.GetArrayLength() > 0)
        {
            check = check is null && several.GetArrayLength() == 1
                ? several[0]
                : throw new FormatException("A service has one check here");
        }

        if (check is not { ValueKind: JsonValueKind.Object } one)
        {
            return plain;
        }

        var origin = plain.Consul! with
        {
            CheckId = Text(one, "CheckID") is { Length: > 0 } id
                ? RegistrationBody.Printable("CheckID", id, 200)
                : plain.Consul.CheckId,
            CheckName = RegistrationBody.Printable("Name", Text(one, "Name") ?? "", 200),
        };
        if (Text(one, "TTL") is { Length: > 0 } ttl)
        {
            return plain with
            {
                Ttl = Within(Time("TTL", ttl), Registration.ShortestTtl, Registration.LongestTtl),
                First = First(one),
                Consul = origin with { Check = "ttl" },
            };
        }

        var http = Text(one, "HTTP");
        var tcp = Text(one, "TCP");
        if (http is null && tcp is null)
        {
            throw new FormatException("Check type must be TTL, HTTP or TCP");
        }

        var plan = new CheckPlan();
        return plain with
        {
            // As long as Consul keeps one that is critical.
            Ttl = Text(one, "DeregisterCriticalServiceAfter") is { Length: > 0 } after
                ? Within(Time("DeregisterCriticalServiceAfter", after), ShortestCritical, Registration.LongestTtl)
                : Registration.LongestTtl,
            IsKeptByCheck = true,
            Check = plan with
            {
                Kind = http is null ? CheckKind.Tcp : CheckKind.Http,
                Path = http is null ? plan.Path : PathOf(http, url),
                Interval = Within(
                    Time("Interval", Text(one, "Interval") ?? throw new FormatException("Check Interval must be > 0")),
                    CheckPlan.ShortestInterval, CheckPlan.LongestInterval),
                Timeout = Text(one, "Timeout") is { Length: > 0 } timeout
                    ? Within(Time("Timeout", timeout), TimeSpan.FromMilliseconds(10), CheckPlan.LongestTimeout)
                    : TimeSpan.FromSeconds(10),
                FailAfter = Math.Clamp((Number(one, "FailuresBeforeCritical") ?? 0) + 1, 1, CheckPlan.MostInARow),
                PassAfter = Math.Clamp((Number(one, "SuccessBeforePassing") ?? 0) + 1, 1, CheckPlan.MostInARow),
            },
            Consul = Same(tcp, url) with { Check = http is null ? "tcp" : "http" },
        };

        ConsulOrigin Same(string? target, Uri service) =>
            target is null || string.Equals(target, service.Authority, StringComparison.OrdinalIgnoreCase)
                ? origin
                : throw new FormatException($"A check looks at the service itself, here '{service.Authority}'");
    }

    private static InstanceState First(JsonElement check) =>
        Text(check, "Status") is { } status && InstanceStateText.ParseReported(status) is { } first
            ? first
            : InstanceState.Critical;

    private static string PathOf(string http, Uri service)
    {
        if (!Uri.TryCreate(http, UriKind.Absolute, out var url) || url.Authority != service.Authority
            || url.Scheme != service.Scheme)
        {
            throw new FormatException(
                $"A check looks at the service itself, here '{service.GetLeftPart(UriPartial.Authority)}'");
        }

        return RegistrationBody.Path(url.PathAndQuery);
    }

    private static TimeSpan Time(string name, string text) =>
        TimeText.Parse(text) ?? throw new FormatException($"Invalid {name}: a time such as 10s or 5m");

    private static TimeSpan Within(TimeSpan time, TimeSpan least, TimeSpan most) =>
        time < least ? least : time > most ? most : time;

    private static IReadOnlyList<string> Listed(JsonElement tags) =>
        RegistrationBody.Texts(Wrapped("Tags", tags), "Tags", Registration.MostTags, Registration.LongestTag);

    // What reads a member of an object, for one whose name may be written in other cases.
    private static JsonElement Wrapped(string name, JsonElement value) =>
        JsonSerializer.SerializeToElement(new Dictionary<string, JsonElement> { [name] = value });

    private static JsonElement? Member(JsonElement body, string name)
    {
        foreach (var member in body.EnumerateObject())
        {
            if (member.Name.Replace("_", "", StringComparison.Ordinal).Equals(name, StringComparison.OrdinalIgnoreCase)
                && member.Value.ValueKind is not JsonValueKind.Null)
            {
                return member.Value;
            }
        }

        return null;
    }

    private static string? Text(JsonElement body, string name) =>
        Member(body, name) is not { } value ? null
        : value.ValueKind is JsonValueKind.String ? value.GetString()
        : throw new FormatException($"Request decode failed: '{name}' is a text");

    private static int? Number(JsonElement body, string name) =>
        Member(body, name) is not { } value ? null
        : value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number)
            && number is >= 0 and <= Registration.LargestWeight
            ? number
            : throw new FormatException(
                $"Request decode failed: '{name}' is a number up to {Registration.LargestWeight}");
}
