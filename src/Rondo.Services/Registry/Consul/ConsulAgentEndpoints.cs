using System.Text.Json;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Registry.Http;

namespace Rondo.Services.Registry.Consul;

/// <summary>
/// The part of Consul's agent that services use: registering, passing a check, leaving, maintenance. Old clients send a
/// GET where new ones send a PUT.
/// </summary>
internal sealed class ConsulAgentEndpoints(
    ServiceRegistry registry, ConsulDesk desk, RegistryCaller callers, ReservedNames reserved)
{
    private const int LongestNote = 512;

    private static readonly string[] OldAndNew = ["GET", "PUT"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/v1/agent/service/register", RegisterAsync);
        routes.MapMethods("/v1/agent/service/deregister/{id}", OldAndNew, DeregisterAsync);
        routes.MapPut("/v1/agent/service/maintenance/{id}", MaintainAsync);
        routes.MapMethods("/v1/agent/check/pass/{id}", OldAndNew, c => ReportAsync(c, InstanceState.Passing));
        routes.MapMethods("/v1/agent/check/warn/{id}", OldAndNew, c => ReportAsync(c, InstanceState.Warning));
        routes.MapMethods("/v1/agent/check/fail/{id}", OldAndNew, c => ReportAsync(c, InstanceState.Critical));
        routes.MapPut("/v1/agent/check/update/{id}", UpdateAsync);
        Read(routes, "/v1/agent/services", ServicesAsync);
        Read(routes, "/v1/agent/checks", ChecksAsync);
        Read(routes, "/v1/agent/health/service/name/{name}", HealthAsync);
    }

    private static void Read(IEndpointRouteBuilder routes, string path, RequestDelegate handler) =>
        routes.MapRead(path, handler).RequireScope(RegistryCaller.ReadScope, openOnLoopback: true);

    private async Task RegisterAsync(HttpContext context)
    {
        var (isGood, key) = await desk.KeyAsync(context);
        if (!isGood)
        {
            return;
        }

        var (wanted, problem) = await RegistrationBody.ReadAsync(
            context, body => ConsulBody.Parse(body, callers.Place(context), ConsulDesk.Address(context)));
        if (problem is not null)
        {
            var isRead = problem.Type == RegistryProblems.UnusableRegistration;
            await ConsulDesk.RefuseAsync(
                context,
                isRead ? StatusCodes.Status400BadRequest : problem.Status,
                isRead ? problem.Detail : "Request decode failed: " + problem.Detail);
            return;
        }

        if (RegistryCaller.MayWrite(context, key, wanted.Name, reserved) is { } denied)
        {
            await ConsulDesk.RefuseAsync(
                context, StatusCodes.Status403Forbidden, "Permission denied: " + denied.Detail);
            return;
        }

        await DoAsync(context, () => RegisterAsync(wanted, new Claim(null, key!.Id)));
    }

    // An id is one of the whole agent: under another name it replaces the service.
    private async Task<RegistryOutcome> RegisterAsync(ConsulBody wanted, Claim claim)
    {
        foreach (var other in All().Where(i =>
            i.Id == wanted.Id && i.Name != wanted.Name && i.Registration.Consul is not null && claim.Owns(i)))
        {
            await registry.RemoveAsync(other.Name, other.Id, claim);
        }

        return await registry.RegisterAsync(wanted.Name, wanted.Id, wanted.Registration, claim);
    }

    private async Task DeregisterAsync(HttpContext context)
    {
        if (await desk.ClaimAsync(context) is not { } claim)
        {
            return;
        }

        if (Find(i => i.Id == Id(context)) is { } instance)
        {
            await DoAsync(context, () => registry.RemoveAsync(instance.Name, instance.Id, claim));
        }
    }

    private async Task MaintainAsync(HttpContext context)
    {
        if (await desk.ClaimAsync(context) is not { } claim)
        {
            return;
        }

        var query = context.Request.Query;
        if (query["enable"] is not [("true" or "false") and { } enable])
        {
            await ConsulDesk.RefuseAsync(context, StatusCodes.Status400BadRequest, "Missing value for enable");
        }
        else if (Find(i => i.Id == Id(context)) is not { } instance)
        {
            await ConsulDesk.RefuseAsync(context, StatusCodes.Status404NotFound, "Unknown service ID");
        }
        else
        {
            var reason = enable == "false" ? null
                : query["reason"] is [{ Length: > 0 } given] ? Cut(given)
                : "Maintenance mode is enabled for this service";
            await DoAsync(context, () => registry.MaintainAsync(instance.Name, instance.Id, claim, reason));
        }
    }

    private Task ReportAsync(HttpContext context, InstanceState state) =>
        ReportAsync(context, state, context.Request.Query["note"] is [{ } note] ? Cut(note) : "");

    private async Task UpdateAsync(HttpContext context)
    {
        var ((state, output), problem) = await RegistrationBody.ReadAsync(context, Told);
        if (problem is not null || state is null or InstanceState.Starting)
        {
            await ConsulDesk.RefuseAsync(
                context, StatusCodes.Status400BadRequest, "Invalid check status: passing, warning or critical");
            return;
        }

        await ReportAsync(context, state.Value, Cut(output));
    }

    private static (InstanceState? State, string Output) Told(JsonElement body) => (
        InstanceStateText.ParseReported(RegistrationBody.Text(body, "Status") ?? ""),
        RegistrationBody.Text(body, "Output") ?? "");

    private async Task ReportAsync(HttpContext context, InstanceState state, string note)
    {
        if (await desk.ClaimAsync(context) is not { } claim)
        {
            return;
        }

        if (Find(i => ConsulJson.CheckId(i) == Id(context) && i.Registration.Consul is { Check: "ttl" })
            is not { } instance)
        {
            await ConsulDesk.RefuseAsync(
                context, StatusCodes.Status404NotFound, "Unknown check ID, or its service is gone. Register again.");
            return;
        }

        await DoAsync(context, () => registry.ReviveAsync(instance.Name, instance.Id, claim, state, note));
    }

    private async Task ServicesAsync(HttpContext context)
    {
        if (await desk.SinceAsync(context, null) is { } seen)
        {
            await JsonReply.WriteAsync(context, json =>
            {
                json.WriteStartObject();
                foreach (var instance in Alive(seen).DistinctBy(i => i.Id))
                {
                    json.WritePropertyName(instance.Id);
                    ConsulJson.WriteService(json, instance);
                }

                json.WriteEndObject();
            });
        }
    }

    private async Task ChecksAsync(HttpContext context)
    {
        if (await desk.SinceAsync(context, null) is { } seen)
        {
            await JsonReply.WriteAsync(context, json =>
            {
                json.WriteStartObject();
                foreach (var instance in Alive(seen).DistinctBy(ConsulJson.CheckId))
                {
                    json.WritePropertyName(ConsulJson.CheckId(instance));
                    ConsulJson.WriteCheck(json, instance);
                }

                json.WriteEndObject();
            });
        }
    }

    private async Task HealthAsync(HttpContext context)
    {
        if (await desk.SinceAsync(context, null) is not { } seen)
        {
            return;
        }

        var name = (string)context.Request.RouteValues["name"]!;
        var all = seen.Find(name)?.All ?? [];
        var states = all.Select(ConsulJson.Status).ToHashSet();
        var (status, text) = states.Contains("critical") ? (StatusCodes.Status503ServiceUnavailable, "critical")
            : states.Contains("warning") ? (StatusCodes.Status429TooManyRequests, "warning")
            : states.Count > 0 ? (StatusCodes.Status200OK, "passing")
            : (StatusCodes.Status404NotFound, $"ServiceName {name} Not Found");
        if (context.Request.Query["format"] is ["text"] || all.Length == 0)
        {
            await ConsulDesk.RefuseAsync(context, status, text);
            return;
        }

        context.Response.StatusCode = status;
        await JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var instance in all)
            {
                json.WriteStartObject();
                json.WriteString("AggregatedStatus", ConsulJson.Status(instance));
                json.WritePropertyName("Service");
                ConsulJson.WriteService(json, instance);
                ConsulJson.WriteChecks(json, instance);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private async Task DoAsync(HttpContext context, Func<Task<RegistryOutcome>> order)
    {
        if (await desk.OrderAsync(context, order) is not null)
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
        }
    }

    // Those of Consul's own clients first, since an id is unique among them.
    private ServiceInstance? Find(Func<ServiceInstance, bool> isIt) =>
        All().Where(isIt).OrderBy(i => i.Registration.Consul is null).FirstOrDefault();

    private IEnumerable<ServiceInstance> All() => registry.Current?.Services.Values.SelectMany(s => s.All) ?? [];

    private static IEnumerable<ServiceInstance> Alive(RegistrySnapshot seen) =>
        seen.Services.Values.SelectMany(s => s.All).OrderBy(i => i.Registration.Consul is null);

    private static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    private static string Cut(string text)
    {
        var plain = new string([.. text.Where(c => !char.IsControl(c))]);
        return plain.Length <= LongestNote ? plain : plain[..LongestNote];
    }
}
