using System.Text.Json;
using Rondo.Services.Registry;

namespace Rondo.Services.Gateway;

/// <summary>An object in a body that is read strictly, with its place.</summary>
/// <remarks>Every member throws a <see cref="RouteFault"/> that names the place.</remarks>
internal sealed class BodyNode
{
    private const int MostTexts = 32;

    private readonly JsonElement _element;
    private readonly string _place;

    /// <param name="element">What stands there.</param>
    /// <param name="place">Where, as a JSON pointer.</param>
    /// <param name="members">What can stand in it.</param>
    public BodyNode(JsonElement element, string place, params string[] members)
    {
        (_element, _place) = (element, place);
        if (element.ValueKind is not JsonValueKind.Object)
        {
            throw new RouteFault(place, "This is an object.");
        }

        foreach (var member in element.EnumerateObject())
        {
            if (!members.Contains(member.Name))
            {
                var known = string.Join(", ", members);
                throw Fault(member.Name, $"There is no such member; there are {known}.");
            }
        }
    }

    public RouteFault Fault(string name, string message) =>
        new($"{_place}/{name.Replace("~", "~0").Replace("/", "~1")}", message);

    /// <summary>An object; null when it is not there.</summary>
    public BodyNode? Child(string name, params string[] members) =>
        Find(name) is { } value ? new BodyNode(value, $"{_place}/{name}", members) : null;

    public string? Text(string name) => Find(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.String ? Unicode(name, value)
        : throw Fault(name, "This is a text.");

    public bool? Flag(string name) => Find(name)?.ValueKind switch
    {
        null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Fault(name, "This is true or false."),
    };

    public int? Number(string name, int least, int most) => Find(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number)
            && number >= least && number <= most
            ? number
            : throw Fault(name, $"This is a whole number from {least} to {most}.");

    /// <summary>A time from 10 ms to a day.</summary>
    public TimeSpan? Time(string name) => Text(name) is not { } text ? null
        : TimeText.Parse(text) is { } time && time >= TimeSpan.FromMilliseconds(10) && time <= TimeSpan.FromDays(1)
            ? time
            : throw Fault(name, "This is a time from 10ms to 24h, such as 500ms, 5s or 2m.");

    public IReadOnlyList<string>? Texts(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is not JsonValueKind.Array || value.GetArrayLength() > MostTexts)
        {
            throw Fault(name, $"This is a list of at most {MostTexts} texts.");
        }

        return
        [
            .. value.EnumerateArray().Select((t, i) => t.ValueKind is JsonValueKind.String
                ? Unicode($"{name}", t)
                : throw new RouteFault($"{_place}/{name}/{i}", "This is a text.")),
        ];
    }

    public RouteFault FaultAt(string name, int index, string message) =>
        new($"{_place}/{name}/{index}", message);

    private string Unicode(string name, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Fault(name, "This is no Unicode.");
        }
    }

    private JsonElement? Find(string name) =>
        _element.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;
}
