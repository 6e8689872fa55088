using System.Text.Json;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Supervision.Http;

/// <summary><c>/supervision</c>: how the process of each service is.</summary>
internal sealed class SupervisionEndpoints(ServiceSupervisor supervisor, TimeProvider time)
{
    /// <summary>The caller adds who may read it.</summary>
    public IEndpointConventionBuilder Map(IEndpointRouteBuilder routes) => routes.MapRead("/supervision", context =>
    {
        context.Response.Headers.CacheControl = "no-store";
        return JsonReply.WriteAsync(context, json => Write(json, supervisor.Children, time.GetUtcNow()));
    });

    private static void Write(Utf8JsonWriter json, IReadOnlyList<ChildStatus> children, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("at", StreamJson.Text(now));
        json.WriteStartArray("services");
        foreach (var child in children)
        {
            Write(json, child, now);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ChildStatus child, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("name", child.Name);
        json.WriteString("state", child.Phase.Text());
        json.WriteString("since", StreamJson.Text(child.Since));
        json.WriteBoolean("ready", child.IsReady);
        if (child.ProcessId is { } id)
        {
            json.WriteNumber("process", id);
        }

        if (child.Url is { } url)
        {
            json.WriteString("url", url.GetLeftPart(UriPartial.Authority));
        }

        if (child.Next is { } next)
        {
            json.WriteString("next", StreamJson.Text(next));
        }

        json.WriteNumber("restarts", child.Restarts);
        json.WriteNumber("restarts_last_hour", child.EndsInHour(now));
        if (child is { LastExit: { } exit, LastEnd: { } end })
        {
            json.WriteStartObject("last_exit");
            json.WriteString("at", StreamJson.Text(end));
            json.WriteString("text", exit.Text);
            if (exit.Code is { } code)
            {
                json.WriteNumber("code", code);
            }

            json.WriteString("signal", exit.Signal);
            json.WriteString("last_line", child.LastWords);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
