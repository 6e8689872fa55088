using System.Text;
using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Gateway;

/// <summary>
/// The routes of administrators, as the stream <c>gateway</c>: a route's newest event counts. A snapshot now and then
/// keeps it short.
/// </summary>
/// <threadsafety>One call at a time.</threadsafety>
internal sealed class RouteStore(IEventStore store, ILogger<RouteStore> logger)
{
    private const string Stream = "gateway";
    private const string Changed = "route";
    private const string Removed = "route-deleted";
    private const int Page = 1000;
    private const int SnapshotAfter = 2000;

    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public async Task<Dictionary<string, RouteConfig>> LoadAsync()
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var snapshot = await store.ReadSnapshotAsync(Stream);
        if (snapshot is not null)
        {
            texts = JsonSerializer.Deserialize<Dictionary<string, string>>(snapshot.State.Span)!;
        }

        var (last, read) = (snapshot?.Seq ?? 0, 0);
        while (true)
        {
            var page = await store.ReadAsync(Stream, new StreamCursor(null, last), Page);
            foreach (var change in page.Events)
            {
                Fold(texts, change);
                (last, read) = (change.Seq, read + 1);
            }

            if (page.Events.Count == 0)
            {
                break;
            }
        }

        if (read > SnapshotAfter)
        {
            await store.SnapshotAsync(Stream, last, JsonSerializer.SerializeToUtf8Bytes(texts));
            await store.RetainAsync(Stream, 0, null);
        }

        return Parsed(texts);
    }

    /// <exception cref="EventStoreException">The route cannot be stored.</exception>
    public Task SaveAsync(RouteConfig route)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, StreamJson.Readable))
        {
            json.WriteStartObject();
            json.WriteString("id", route.Id);
            json.WriteStartObject("route");
            RouteJson.WriteMembers(json, route);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return store.AppendAsync(Stream, [new NewEvent(Changed, buffer.ToArray())]);
    }

    /// <exception cref="EventStoreException">The removal cannot be stored.</exception>
    public Task RemoveAsync(string id) => store.AppendAsync(
        Stream, [new NewEvent(Removed, Encoding.UTF8.GetBytes($$"""{"id":"{{id}}"}"""))]);

    private static void Fold(Dictionary<string, string> texts, StreamEvent change)
    {
        using var data = JsonDocument.Parse(change.Data);
        var id = data.RootElement.GetProperty("id").GetString()!;
        if (change.Type == Changed)
        {
            texts[id] = data.RootElement.GetProperty("route").GetRawText();
        }
        else if (change.Type == Removed)
        {
            texts.Remove(id);
        }
    }

    private Dictionary<string, RouteConfig> Parsed(Dictionary<string, string> texts)
    {
        var routes = new Dictionary<string, RouteConfig>(StringComparer.Ordinal);
        foreach (var (id, text) in texts)
        {
            try
            {
                using var body = JsonDocument.Parse(text);
                routes[id] = RouteBody.Parse(id, RouteSource.Stored, body.RootElement);
            }
            catch (RouteFault fault)
            {
                GatewayLog.RouteUnreadable(logger, id, fault.Pointer, fault.Message);
            }
        }

        return routes;
    }
}
