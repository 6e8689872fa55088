using System.Globalization;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Registry.Http;

/// <summary>What a client wants to know, and since when. The first mistake is kept in <see cref="Problem"/>.</summary>
internal sealed class LookupParameters
{
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(5);

    public LookupParameters(HttpContext context, params string[] names)
    {
        foreach (var (name, values) in context.Request.Query)
        {
            if (!names.Contains(name))
            {
                Problem ??= new Problem(
                    ProblemType.UnknownParameter,
                    $"There is no parameter '{Shorten(name)}' here; there are {string.Join(", ", names)}.");
            }
            else if (values.Count > 1)
            {
                Problem ??= new Problem(
                    ProblemType.RepeatedParameter, $"'{name}' is given {values.Count} times; give it once.");
            }
            else
            {
                Read(name, values[0] ?? "");
            }
        }
    }

    public Problem? Problem { get; private set; }

    /// <summary>Whether those that take no calls are wanted, too.</summary>
    public bool IsAll { get; private set; }

    public string? Zone { get; private set; }

    public int ZoneLeast { get; private set; } = 1;

    public string? Tag { get; private set; }

    /// <summary>The revision that the client knows.</summary>
    public StreamCursor? Index { get; private set; }

    /// <summary>How long to wait for a newer one.</summary>
    public TimeSpan Wait { get; private set; } = DefaultWait;

    public TimeSpan? Deadline { get; private set; }

    public string Key { get; private set; } = "";

    public PickPolicy Policy { get; private set; }

    public bool IsRedirect { get; private set; }

    public bool IsIfExists { get; private set; }

    public string? Service { get; private set; }

    private void Read(string name, string text)
    {
        switch (name)
        {
            case "all":
                IsAll = Flag(name, text);
                break;
            case "redirect":
                IsRedirect = Flag(name, text);
                break;
            case "if_exists":
                IsIfExists = Flag(name, text);
                break;
            case "zone":
                Zone = text;
                break;
            case "tag":
                Tag = text;
                break;
            case "service":
                Service = text;
                break;
            case "key":
                Key = text;
                break;
            case "zone_least":
                ZoneLeast = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var least)
                    && least > 0
                    ? least
                    : Refuse(name, "a number from 1", text, 1);
                break;
            case "policy":
                Policy = text switch
                {
                    "round-robin" => PickPolicy.RoundRobin,
                    "two-choices" => PickPolicy.TwoChoices,
                    "sticky" => PickPolicy.Sticky,
                    _ => Refuse(name, "round-robin, two-choices or sticky", text, PickPolicy.RoundRobin),
                };
                break;
            case "deadline":
                Deadline = TimeText.Parse(text) is { } deadline && deadline <= Registration.LongestTtl
                    ? deadline
                    : Refuse(name, "a time up to 24h, such as 30s", text, TimeSpan.Zero);
                break;
            case "wait":
                // Without a unit, seconds, as in streams.
                Wait = TimeText.Parse(text.Length > 0 && char.IsAsciiDigit(text[^1]) ? text + "s" : text) is { } wait
                    && wait <= LongestWait
                    ? wait
                    : Refuse(name, "a time up to 10m, such as 30s", text, DefaultWait);
                break;
            default:
                Index = StreamCursor.TryParse(text, out var index)
                    ? index
                    : Refuse(
                        name, "an index of an answer, perhaps with its epoch in front", text, default(StreamCursor));
                break;
        }
    }

    private bool Flag(string name, string text) => text switch
    {
        "" or "1" or "true" => true,
        "0" or "false" => false,
        _ => Refuse(name, "1 or 0", text, false),
    };

    private T Refuse<T>(string name, string what, string text, T instead)
    {
        Problem ??= new Problem(ProblemType.InvalidParameter, $"'{name}' is {what}, not '{Shorten(text)}'.");
        return instead;
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
