using System.Text.Json;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;

namespace Rondo.Services.Gateway.Http;

/// <summary>
/// Tells what would become of a request, and why: it goes the way of a real one, to just before it would be sent.
/// </summary>
internal sealed class ExplainEndpoints(RouteExplanation explanation)
{
    public void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/gateway/explain", ExplainAsync).RequireScope(RouteEndpoints.ReadScope);

    private async Task ExplainAsync(HttpContext context)
    {
        using var body = await RouteEndpoints.BodyAsync(context);
        if (body is null)
        {
            return;
        }

        HttpContext made;
        try
        {
            made = ExplainedRequest.Read(body.RootElement, context);
        }
        catch (RouteFault fault)
        {
            await new Problem(ProblemType.InvalidBody, fault.Message, ("pointer", fault.Pointer)).WriteAsync(context);
            return;
        }

        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            await explanation.WriteAsync(made, json);
            json.WriteEndObject();
        }

        context.Response.Headers.CacheControl = "no-store";
        await JsonReply.WriteAsync(context, buffer.ToArray());
    }
}
