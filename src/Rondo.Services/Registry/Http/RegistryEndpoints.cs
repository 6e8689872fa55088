using System.Text.Json;
using Rondo.Services.Hosting;

namespace Rondo.Services.Registry.Http;

/// <summary>Registering, showing signs of life, leaving.</summary>
internal sealed class RegistryEndpoints(
    ServiceRegistry registry, RegistryLoop loop, RegistryCaller callers, ReservedNames reserved, TimeProvider time)
{
    private const string Instance = "/registry/services/{name}/instances/{id}";

    private static readonly string[] BeatMembers = ["status", "note"];
    private static readonly TimeSpan DefaultDrain = TimeSpan.FromSeconds(30);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut(Instance, RegisterAsync);
        routes.MapPost(Instance + "/heartbeat", BeatAsync);
        routes.MapPost(Instance + "/drain", DrainAsync);
        routes.MapDelete(Instance, RemoveAsync);
    }

    private static (string Name, string Id) Names(HttpContext context) =>
        ((string)context.Request.RouteValues["name"]!, (string)context.Request.RouteValues["id"]!);

    private async Task RegisterAsync(HttpContext context)
    {
        var (name, id) = Names(context);
        var (claim, isOwn, problem) = await callers.RegistrantAsync(context, name, reserved);
        if (problem is null && !ServiceName.IsId(id))
        {
            problem = new Problem(
                RegistryProblems.UnusableName,
                $"An id has 1 to {ServiceName.LongestId} characters of a-z, A-Z, 0-9, '.', '_', '~', ':' and '-'.");
        }

        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        var (registration, mistake) = await RegistrationBody.ReadAsync(
            context, body => RegistrationBody.Parse(
                body, callers.Place(context), segment => !isOwn && reserved.Contains(segment)));
        if (mistake is not null)
        {
            await mistake.WriteAsync(context);
            return;
        }

        if (await RegistryReply.OrderAsync(
            context, loop, () => registry.RegisterAsync(name, id, registration, claim)) is { } outcome)
        {
            await AnswerAsync(context, outcome);
        }
    }

    private Task AnswerAsync(HttpContext context, RegistryOutcome outcome)
    {
        var instance = outcome.Instance!;
        RegistryReply.Stamp(context, registry.Current!);
        context.Response.StatusCode = outcome.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        context.Response.Headers.Location = $"/registry/services/{instance.Name}/instances/{instance.Id}";
        return JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("lease_token", outcome.Token);
            json.WriteNumber("index", instance.Index);
            json.WriteString("ttl", TimeText.Format(instance.Registration.Ttl));
            json.WriteString("expires_at", time.GetUtcNow() + instance.Lease.Left());
            json.WriteString("state", instance.State.Text());
            json.WriteEndObject();
        });
    }

    private async Task BeatAsync(HttpContext context)
    {
        var (claim, problem) = await callers.HolderAsync(context);
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        var ((reported, note), mistake) = await RegistrationBody.ReadAsync(context, Told);
        if (mistake is not null)
        {
            await mistake.WriteAsync(context);
            return;
        }

        var (name, id) = Names(context);
        await DoneAsync(
            context, StatusCodes.Status204NoContent, () => registry.RenewAsync(name, id, claim, reported, note));
    }

    private static (InstanceState? Reported, string? Note) Told(JsonElement body)
    {
        RegistrationBody.Known(body, BeatMembers, "a heartbeat");
        var note = RegistrationBody.Text(body, "note");
        return (
            RegistrationBody.Text(body, "status") is { } status ? RegistrationBody.State(status) : null,
            note is null ? null : RegistrationBody.Printable("note", note, Registration.LongestMetaValue));
    }

    private async Task DrainAsync(HttpContext context)
    {
        var parameters = new LookupParameters(context, "deadline");
        var (claim, problem) = await callers.HolderAsync(context);
        if ((parameters.Problem ?? problem) is { } refused)
        {
            await refused.WriteAsync(context);
            return;
        }

        var (name, id) = Names(context);
        await DoneAsync(
            context,
            StatusCodes.Status202Accepted,
            () => registry.DrainAsync(name, id, claim, parameters.Deadline ?? DefaultDrain));
    }

    private async Task RemoveAsync(HttpContext context)
    {
        var parameters = new LookupParameters(context, "if_exists");
        var (claim, problem) = await callers.HolderAsync(context);
        if ((parameters.Problem ?? problem) is { } refused)
        {
            await refused.WriteAsync(context);
            return;
        }

        var (name, id) = Names(context);
        await DoneAsync(context, StatusCodes.Status204NoContent, async () =>
        {
            var outcome = await registry.RemoveAsync(name, id, claim);
            return parameters.IsIfExists && outcome.Refusal?.Type == RegistryProblems.NoInstance
                ? new RegistryOutcome(null)
                : outcome;
        });
    }

    private async Task DoneAsync(HttpContext context, int status, Func<Task<RegistryOutcome>> order)
    {
        if (await RegistryReply.SnapshotAsync(context, registry) is not null
            && await RegistryReply.OrderAsync(context, loop, order) is not null)
        {
            RegistryReply.Stamp(context, registry.Current!);
            context.Response.StatusCode = status;
        }
    }
}
