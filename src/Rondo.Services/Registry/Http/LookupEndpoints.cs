using System.Text.Json;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Registry.Http;

/// <summary>Finding services: lists, long polls, one instance to call.</summary>
internal sealed class LookupEndpoints(
    ServiceRegistry registry, IEventStore store, TimeProvider time, IHostApplicationLifetime lifetime)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        Read(routes, "/registry/services", ServicesAsync);
        Read(routes, "/registry/services/{name}", ServiceAsync);
        Read(routes, "/registry/services/{name}/instances/{id}", InstanceAsync);
        Read(routes, "/registry/pick/{name}", PickAsync);
        Read(routes, "/registry/status", StatusAsync);
    }

    /// <summary>
    /// Waits until something is newer than the client knows, and gives that; the present state when the time is over.
    /// </summary>
    public static async Task<RegistrySnapshot> NewerAsync(
        ServiceRegistry registry,
        TimeProvider time,
        string? name,
        long index,
        TimeSpan wait,
        CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        var seen = registry.Current!;
        try
        {
            while (seen.IndexOf(name) <= index)
            {
                await seen.Replaced.WaitAsync(either.Token);
                seen = registry.Current!;
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The present state tells the client to ask again.
        }

        return seen;
    }

    private static void Read(IEndpointRouteBuilder routes, string path, RequestDelegate handler) =>
        routes.MapRead(path, handler).RequireScope(RegistryCaller.ReadScope, openOnLoopback: true);

    private async Task ServicesAsync(HttpContext context)
    {
        var parameters = new LookupParameters(context, "index", "wait");
        if (await SinceAsync(context, parameters, null, RegistryJson.WriteServices) is { } seen)
        {
            await JsonReply.WriteAsync(context, json =>
            {
                json.WriteStartObject();
                json.WriteString("epoch", StreamCursor.Format(seen.Epoch));
                RegistryJson.WriteServices(json, seen);
                json.WriteEndObject();
            });
        }
    }

    private async Task ServiceAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["name"]!;
        var parameters = new LookupParameters(context, "all", "zone", "tag", "index", "wait");
        if (await SinceAsync(context, parameters, name, (json, now) =>
            {
                json.WriteNumber("index", now.Index);
                RegistryJson.WriteInstances(json, Wanted(now.Find(name), parameters));
            }) is not { } seen)
        {
            return;
        }

        if (seen.Find(name) is null && parameters.Index is null)
        {
            await RegistryReply.RefuseAsync(context, RegistryReply.NoService(name));
            return;
        }

        await JsonReply.WriteAsync(
            context, json => RegistryJson.WriteService(json, name, seen.Index, Wanted(seen.Find(name), parameters)));
    }

    private static IEnumerable<ServiceInstance> Wanted(ServiceView? service, LookupParameters parameters) =>
        (service?.All ?? []).Where(i =>
            (parameters.IsAll || i.IsReady)
            && (parameters.Zone is null || i.Registration.Zone == parameters.Zone)
            && (parameters.Tag is null || i.Registration.Tags.Contains(parameters.Tag)));

    /// <summary>The state, newer than the client's if it waits for that. Null after another answer.</summary>
    private async Task<RegistrySnapshot?> SinceAsync(
        HttpContext context,
        LookupParameters parameters,
        string? name,
        Action<Utf8JsonWriter, RegistrySnapshot> writeState)
    {
        if (parameters.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return null;
        }

        if (await RegistryReply.SnapshotAsync(context, registry) is not { } now)
        {
            return null;
        }

        if (parameters.Index is { } index)
        {
            if (await IsLostAsync(index, now, context.RequestAborted))
            {
                RegistryReply.Stamp(context, now);
                const string lost =
                    "What changed after this index is not kept, or is another history's. Go on from this state.";
                await new Problem(
                    RegistryProblems.IndexCompacted, lost, ("epoch", StreamCursor.Format(now.Epoch)))
                {
                    More = json => writeState(json, now),
                }.WriteAsync(context);
                return null;
            }

            using var ending = CancellationTokenSource.CreateLinkedTokenSource(
                context.RequestAborted, lifetime.ApplicationStopping);
            now = await NewerAsync(registry, time, name, index.Seq, parameters.Wait, ending.Token);
        }

        RegistryReply.Stamp(context, now);
        return now;
    }

    // 0 is where everybody begins.
    private async Task<bool> IsLostAsync(StreamCursor index, RegistrySnapshot now, CancellationToken cancellation)
    {
        if (index.Epoch is { } epoch && epoch != now.Epoch)
        {
            return true;
        }

        if (index.Seq == 0 || index.Seq == now.Index)
        {
            return false;
        }

        return index.Seq > now.Index
            || (await store.ReadAsync(RegistryJournal.Stream, index, 1, cancellation)).IsReset;
    }

    private async Task InstanceAsync(HttpContext context)
    {
        if (await RegistryReply.SnapshotAsync(context, registry) is not { } seen)
        {
            return;
        }

        RegistryReply.Stamp(context, seen);
        var name = (string)context.Request.RouteValues["name"]!;
        var id = (string)context.Request.RouteValues["id"]!;
        if (seen.Find(name)?.Find(id) is not { } instance)
        {
            await RegistryReply.RefuseAsync(context, RegistryProblems.NotThere(name, id).Refusal!);
            return;
        }

        await JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            RegistryJson.WriteMembers(json, instance);
            json.WriteNumber("ttl_left", Math.Round(instance.Lease.Left().TotalSeconds, 1));
            json.WriteEndObject();
        });
    }

    private async Task PickAsync(HttpContext context)
    {
        var parameters = new LookupParameters(context, "zone", "zone_least", "policy", "key", "redirect");
        if (parameters.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        if (await RegistryReply.SnapshotAsync(context, registry) is not { } seen)
        {
            return;
        }

        RegistryReply.Stamp(context, seen);
        var name = (string)context.Request.RouteValues["name"]!;
        if (seen.Find(name) is not { } service)
        {
            await RegistryReply.RefuseAsync(context, RegistryReply.NoService(name));
            return;
        }

        var wish = new PickRequest(parameters.Policy, parameters.Zone ?? "", parameters.ZoneLeast, parameters.Key);
        if (InstancePicker.Pick(service, wish) is not { } picked)
        {
            await RegistryReply.RefuseAsync(context, new RegistryRefusal(
                RegistryProblems.NoneReady, $"No instance of '{name}' takes calls at present."));
            return;
        }

        if (parameters.IsRedirect)
        {
            context.Response.Redirect(picked.Registration.Url);
            return;
        }

        await JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            RegistryJson.WriteMembers(json, picked);
            json.WriteEndObject();
        });
    }

    private async Task StatusAsync(HttpContext context)
    {
        if (await RegistryReply.SnapshotAsync(context, registry) is not { } seen)
        {
            return;
        }

        RegistryReply.Stamp(context, seen);
        var all = seen.Services.Values.SelectMany(s => s.All).ToList();
        await JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("epoch", StreamCursor.Format(seen.Epoch));
            json.WriteNumber("index", seen.Index);
            json.WriteNumber("services", seen.Services.Count);
            json.WriteNumber("instances", all.Count);
            foreach (var state in Enum.GetValues<InstanceState>())
            {
                json.WriteNumber(state.Text(), all.Count(i => i.State == state));
            }

            json.WriteNumber("suspected", all.Count(i => i.IsSuspected));
            json.WriteEndObject();
        });
    }
}
