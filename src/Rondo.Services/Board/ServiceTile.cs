using Rondo.Services.Hosting.Pages;
using Rondo.Services.Registry;
using Rondo.Services.Supervision;

namespace Rondo.Services.Board;

/// <summary>Every registered service: whether it takes calls, and since when that is so.</summary>
internal static class ServiceTile
{
    private const int Most = 30;

    public static Html Of(BoardFacts facts, PageTexts texts)
    {
        var services = States(facts);
        if (services.Count == 0)
        {
            return Html.Of($"<p class=\"nothing\">{texts["services-nothing"]}</p>");
        }

        var down = services.Count(s => s.State is not "up");
        var sum = down == 0
            ? Html.Of($"<p class=\"sum is-ok\">{BoardIcon.State("ok")} {texts.Say("services-all", services.Count)}</p>")
            : Html.Of($"<p class=\"sum is-goal\">{BoardIcon.State("goal")} {texts.Say("services-some", down, services.Count)}</p>");
        return Html.Of($$"""
            {{sum}}
            <ul class="services">{{Html.Join(services.Take(Most).Select(s => Service(s, facts.At, texts)))}}</ul>
            """);
    }

    /// <summary>By name, those that are down first.</summary>
    public static IReadOnlyList<ServiceLine> States(BoardFacts facts) =>
    [
        .. (facts.Registry?.Services.Values ?? []).Select(State)
            .Where(s => facts.Children.All(c => c.Name != s.Name))
            .Concat(facts.Children.Select(c => State(c, facts)))
            .OrderBy(s => s.State is "up")
            .ThenBy(s => s.Name, StringComparer.Ordinal),
    ];

    private static ServiceLine State(ServiceView service)
    {
        var ready = service.All.Where(i => i.IsReady).ToList();
        var state = ready.Count == 0 ? "down" : ready.Count < service.All.Length ? "partly" : "up";
        var since = state is "up" ? ready.Min(i => i.Since) : service.All.Where(i => !i.IsReady).Max(i => i.Since);
        var worst = state is "up" ? "" : service.All.First(i => !i.IsReady).State.Text();
        return new ServiceLine(service.Name, state, since, ready.Count, service.All.Length, worst);
    }

    // Of what is kept running from here more is known than its registration says.
    private static ServiceLine State(ChildStatus child, BoardFacts facts)
    {
        var registered = facts.Registry?.Find(child.Name) is { All.Length: > 0 } view ? State(view) : null;
        var line = child.Phase is ChildPhase.Up && registered is not null
            ? registered
            : new ServiceLine(child.Name, "down", child.Since, 0, 1, child.Phase.Text());
        return line with { Child = child };
    }

    /// <summary>What is to be said of a service that is kept running; null for nothing.</summary>
    public static string? Note(ServiceLine service, DateTimeOffset now, PageTexts texts)
    {
        if (service.Child is not { } child)
        {
            return null;
        }

        var plan = child.Phase switch
        {
            ChildPhase.BackingOff when child.Next is { } next =>
                texts.Say("service-restarts", Math.Max(0, (long)Math.Ceiling((next - now).TotalSeconds))),
            ChildPhase.Starting => texts["service-starting"],
            ChildPhase.Up when service.State is not "up" => texts["service-starting"],
            _ => null,
        };
        var often = child.EndsInHour(now) switch
        {
            0 => null,
            1 => texts["service-restarted-once"],
            var times => texts.Say("service-restarted", times),
        };
        return (plan, often) switch
        {
            (null, null) => null,
            (null, _) => often,
            (_, null) => plan,
            _ => $"{plan}, {often}",
        };
    }

    private static Html Service(ServiceLine service, DateTimeOffset now, PageTexts texts)
    {
        var (look, shape) = service.State switch
        {
            "up" => ("ok", "ok"),
            "partly" => ("goal", "goal"),
            _ => ("goal", "loud"),
        };
        var words = texts.Say("service-" + service.State, service.Ready, service.Instances);
        var note = Note(service, now, texts);
        return Html.Of($$"""
            <li class="is-{{look}}">{{BoardIcon.State(shape)}}<b>{{service.Name}}</b>
            <span>{{words}} {{BoardAge.Since(service.Since)}}{{(note is null ? "" : "; " + note)}}</span></li>
            """);
    }
}

/// <summary>One service as the board tells of it.</summary>
/// <param name="Name">As registered.</param>
/// <param name="State"><c>up</c>, <c>partly</c> or <c>down</c>.</param>
/// <param name="Since">Since when.</param>
/// <param name="Ready">Instances that take calls.</param>
/// <param name="Instances">All.</param>
/// <param name="Worst">The state of one that does not, in the registry's words; empty without any.</param>
internal sealed record ServiceLine(
    string Name, string State, DateTimeOffset Since, int Ready, int Instances, string Worst)
{
    /// <summary>Its process, where that is kept running from here.</summary>
    public ChildStatus? Child { get; init; }
}
