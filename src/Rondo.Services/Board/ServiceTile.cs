using Rondo.Services.Hosting.Pages;
using Rondo.Services.Registry;

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
            <ul class="services">{{Html.Join(services.Take(Most).Select(s => Service(s, texts)))}}</ul>
            """);
    }

    /// <summary>By name, those that are down first.</summary>
    public static IReadOnlyList<ServiceLine> States(BoardFacts facts) =>
    [
        .. (facts.Registry?.Services.Values ?? []).Select(State)
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

    private static Html Service(ServiceLine service, PageTexts texts)
    {
        var (look, shape) = service.State switch
        {
            "up" => ("ok", "ok"),
            "partly" => ("goal", "goal"),
            _ => ("goal", "loud"),
        };
        var words = texts.Say("service-" + service.State, service.Ready, service.Instances);
        return Html.Of($$"""
            <li class="is-{{look}}">{{BoardIcon.State(shape)}}<b>{{service.Name}}</b>
            <span>{{words}} {{BoardAge.Since(service.Since)}}</span></li>
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
    string Name, string State, DateTimeOffset Since, int Ready, int Instances, string Worst);
