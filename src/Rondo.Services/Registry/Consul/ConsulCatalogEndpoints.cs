using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Registry.Http;

namespace Rondo.Services.Registry.Consul;

/// <summary>Consul's catalog and health, with blocking queries.</summary>
internal sealed class ConsulCatalogEndpoints(ConsulDesk desk)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        Read(routes, "/v1/catalog/services", ServicesAsync);
        Read(routes, "/v1/catalog/service/{name}", ServiceAsync);
        Read(routes, "/v1/health/service/{name}", HealthAsync);
    }

    private static void Read(IEndpointRouteBuilder routes, string path, RequestDelegate handler) =>
        routes.MapRead(path, handler).RequireScope(RegistryCaller.ReadScope, openOnLoopback: true);

    private async Task ServicesAsync(HttpContext context)
    {
        if (await desk.SinceAsync(context, null) is not { } seen)
        {
            return;
        }

        await JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            foreach (var service in seen.Services.Values.OrderBy(s => s.Name, StringComparer.Ordinal))
            {
                json.WriteStartArray(service.Name);
                foreach (var tag in service.All.SelectMany(i => i.Registration.Tags).Distinct()
                    .Order(StringComparer.Ordinal))
                {
                    json.WriteStringValue(tag);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        });
    }

    private async Task ServiceAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["name"]!;
        if (await desk.SinceAsync(context, name) is not { } seen)
        {
            return;
        }

        await JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var instance in Wanted(context, seen.Find(name)))
            {
                ConsulJson.WriteCatalogEntry(json, instance);
            }

            json.WriteEndArray();
        });
    }

    private async Task HealthAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["name"]!;
        if (await desk.SinceAsync(context, name) is not { } seen)
        {
            return;
        }

        var isPassing = context.Request.Query.TryGetValue("passing", out var passing)
            && passing is not ["0" or "false"];
        await JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var instance in Wanted(context, seen.Find(name)))
            {
                if (!isPassing || ConsulJson.Status(instance) == "passing")
                {
                    ConsulJson.WriteHealthEntry(json, instance);
                }
            }

            json.WriteEndArray();
        });
    }

    private static IEnumerable<ServiceInstance> Wanted(HttpContext context, ServiceView? service) =>
        (service?.All ?? []).Where(i => context.Request.Query["tag"] is not [{ Length: > 0 } tag]
            || i.Registration.Tags.Contains(tag));
}
