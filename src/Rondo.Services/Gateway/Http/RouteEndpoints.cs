using System.Text.Json;
using Rondo.Services.Auth;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Registry;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Gateway.Http;

/// <summary>The routes over HTTP, and how the services behind them do.</summary>
internal sealed class RouteEndpoints(
    RouteBook routes, RouteStore store, GatewayStatus status, ReservedNames reserved, UpstreamTokens tokens)
    : IDisposable
{
    public const string ReadScope = "gateway:read";

    private const string WriteScope = "gateway:write";
    private const string All = "/gateway/routes";
    private const string One = All + "/{id}";
    private const int MostBytes = 16 * 1024;
    private const int MostRoutes = 1000;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    private readonly SemaphoreSlim _gate = new(1);

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapRead(All, ListAsync).RequireScope(ReadScope);
        endpoints.MapRead(One, ShowAsync).RequireScope(ReadScope);
        endpoints.MapPut(One, PutAsync).RequireScope(WriteScope);
        endpoints.MapDelete(One, RemoveAsync).RequireScope(WriteScope);
        endpoints.MapRead(
            "/gateway/.well-known/jwks.json", context => JsonReply.WriteAsync(context, tokens.KeySet));
        endpoints.MapRead("/gateway/status", StatusAsync).RequireScope(ReadScope);
    }

    public void Dispose() => _gate.Dispose();

    /// <summary>Reads a JSON object. Null after an answer that says why it is none.</summary>
    public static async Task<JsonDocument?> BodyAsync(HttpContext context)
    {
        if (await BoundedStream.ReadAllAsync(context.Request.Body, MostBytes, context.RequestAborted) is not { } body)
        {
            await new Problem(ProblemType.BodyTooLarge, $"This has at most {MostBytes / 1024} kB.")
                .WriteAsync(context);
            return null;
        }

        try
        {
            return JsonDocument.Parse(body, Strict);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The second is of a name that is no Unicode.
            await new Problem(ProblemType.InvalidBody, "The body is a JSON object, with each member once.")
                .WriteAsync(context);
            return null;
        }
    }

    private async Task ListAsync(HttpContext context)
    {
        if (await TableAsync(context) is { } table)
        {
            await WriteAsync(context, json =>
            {
                json.WriteStartArray("routes");
                foreach (var route in table.All)
                {
                    json.WriteStartObject();
                    Write(json, table, route.Config);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                GatewayStatus.WriteIgnored(json, table);
            });
        }
    }

    private async Task ShowAsync(HttpContext context)
    {
        if (await TableAsync(context) is not { } table)
        {
            return;
        }

        if (table.All.FirstOrDefault(r => r.Config.Id == IdOf(context)) is { } route)
        {
            await WriteAsync(context, json => Write(json, table, route.Config));
            return;
        }

        await Nothing(context).WriteAsync(context);
    }

    private async Task PutAsync(HttpContext context)
    {
        using var body = await BodyAsync(context);
        if (body is null || await TableAsync(context) is not { } table)
        {
            return;
        }

        RouteConfig route;
        try
        {
            route = RouteBody.Parse(IdOf(context), RouteSource.Stored, body.RootElement);
        }
        catch (RouteFault fault)
        {
            await Fault(fault.Pointer, fault.Message).WriteAsync(context);
            return;
        }

        await _gate.WaitAsync(context.RequestAborted);
        try
        {
            await PutAsync(context, table, route);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task PutAsync(HttpContext context, RouteTable table, RouteConfig route)
    {
        var stored = routes.Stored!;
        var written = table.All.Select(r => r.Config).Where(r => r.Source is not RouteSource.Registered).ToList();
        var rivals = written.Where(route.IsRivalOf).Select(r => r.Id).ToList();
        var problem = written.Any(r => r.Id == route.Id && r.Source is RouteSource.Settings) ? Elsewhere(route.Id)
            : reserved.Contains(route.Path.FirstSegment) && !reserved.Contains(route.Service) ? Fault(
                "/match/path", $"'/{route.Path.FirstSegment}' belongs to Rondo's own services.")
            : rivals.Count > 0 ? Fault(
                "/match", "Other routes are about the same requests. Give one another host, path or priority.", rivals)
            : stored.Count >= MostRoutes && !stored.ContainsKey(route.Id) ? new Problem(
                GatewayProblems.TooManyRoutes, $"There are {MostRoutes} routes, and no more are taken.")
            : null;
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        if (await StoreAsync(context, () => store.SaveAsync(route)))
        {
            context.Response.StatusCode = stored.ContainsKey(route.Id)
                ? StatusCodes.Status200OK
                : StatusCodes.Status201Created;
            context.Response.Headers.Location = $"{All}/{route.Id}";
            routes.Stored = new Dictionary<string, RouteConfig>(stored, StringComparer.Ordinal) { [route.Id] = route };
            await WriteAsync(context, json => Write(json, routes.Current!, route));
        }
    }

    private async Task RemoveAsync(HttpContext context)
    {
        if (await TableAsync(context) is not { } table)
        {
            return;
        }

        var id = IdOf(context);
        await _gate.WaitAsync(context.RequestAborted);
        try
        {
            var stored = new Dictionary<string, RouteConfig>(routes.Stored!, StringComparer.Ordinal);
            if (!stored.Remove(id))
            {
                await (table.All.Any(r => r.Config.Id == id) ? Elsewhere(id) : Nothing(context)).WriteAsync(context);
            }
            else if (await StoreAsync(context, () => store.RemoveAsync(id)))
            {
                routes.Stored = stored;
                context.Response.StatusCode = StatusCodes.Status204NoContent;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private Task StatusAsync(HttpContext context) => WriteAsync(context, status.Write);

    private async Task<RouteTable?> TableAsync(HttpContext context)
    {
        if (routes.Current is { } table)
        {
            return table;
        }

        await new Problem(ProblemType.NotReady, "The gateway has not read its routes yet.").WriteAsync(context);
        return null;
    }

    private static async Task<bool> StoreAsync(HttpContext context, Func<Task> store)
    {
        try
        {
            await store();
            return true;
        }
        catch (EventStoreException error)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
            return false;
        }
    }

    private static void Write(Utf8JsonWriter json, RouteTable table, RouteConfig route)
    {
        json.WriteString("id", route.Id);
        json.WriteString("source", RouteJson.Text(route.Source));
        RouteJson.WriteMembers(json, route);
        json.WriteStartArray("conflicts");
        foreach (var rival in table.All.Where(r => r.Config.IsRivalOf(route)))
        {
            json.WriteStringValue(rival.Config.Id);
        }

        json.WriteEndArray();
    }

    private static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        context.Response.Headers.CacheControl = "no-store";
        return JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        });
    }

    private static Problem Fault(string pointer, string message, IReadOnlyList<string>? conflicts = null) =>
        new(GatewayProblems.InvalidRoute, message, ("pointer", pointer))
        {
            More = conflicts is null ? null : json =>
            {
                json.WriteStartArray("conflicts");
                foreach (var id in conflicts)
                {
                    json.WriteStringValue(id);
                }

                json.WriteEndArray();
            },
        };

    private static Problem Elsewhere(string id) => new(
        GatewayProblems.RouteElsewhere,
        $"'{id}' comes from the settings or from a service that has registered. It is changed there.");

    private static Problem Nothing(HttpContext context) =>
        new(GatewayProblems.NoRoute, $"There is no route '{IdOf(context)}'.");

    private static string IdOf(HttpContext context) => (string)context.Request.RouteValues["id"]!;
}
