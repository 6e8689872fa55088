using System.Text.Json;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Pages;
using Rondo.Services.Registry;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Board.Http;

/// <summary>
/// <c>/</c>: the board for browsers, one line for text clients (as the talks had it), a list for programs.
/// <c>/board</c>: the board as text, or as JSON.
/// </summary>
internal sealed class BoardEndpoints(
    BoardFeed feed,
    BoardStream stream,
    BoardStore store,
    BoardConverter converter,
    BoardDays days,
    BoardAddress address,
    Credentials credentials,
    ServiceRegistry registry)
{
    /// <param name="routes">Where to.</param>
    /// <param name="pathOf">What a service of ours has that needs no key.</param>
    public void Map(IEndpointRouteBuilder routes, Func<string, string> pathOf)
    {
        routes.MapRead("/", context => HomeAsync(context, pathOf));
        routes.MapRead("/board", context => OrProblemAsync(context, () => TellAsync(context)));
        routes.MapGet("/board/stream", stream.ServeAsync);
        routes.MapRead("/noise", context => OrProblemAsync(context, () => ShowNoiseAsync(context)));
    }

    private Task HomeAsync(HttpContext context, Func<string, string> pathOf)
    {
        var response = context.Response;
        response.Headers.Vary = "Accept, Accept-Language";
        switch (MediaType.Choose(context.Request.Headers.Accept, MediaType.Text, MediaType.Html, MediaType.Json))
        {
            case MediaType.Html:
                return OrProblemAsync(context, () => ShowAsync(context));
            case MediaType.Json:
                return JsonReply.WriteAsync(context, json => WriteList(json, pathOf));
            case MediaType.Text:
                response.ContentType = "text/plain; charset=utf-8";
                var names = string.Join(", ", Ready().Select(s => $"'{s}'"));
                return response.WriteAsync(
                    $"Specify a service endpoint. Available: [{names}]", context.RequestAborted);
            default:
                return new Problem(
                        ProblemType.NotAcceptable, "This comes as text/html, text/plain or application/json.")
                    .WriteAsync(context);
        }
    }

    private async Task ShowAsync(HttpContext context)
    {
        var (edition, texts) = await EditionAsync(context);
        var query = context.Request.Query;
        await BoardPage.WriteAsync(context, new BoardView(edition, texts, stream.Cursor(edition))
        {
            IsKiosk = query.ContainsKey(BoardQuery.Kiosk),
            IsRefreshing = query.ContainsKey(BoardQuery.Refresh),
            IsAdmin = await IsAdminAsync(context),
            Address = address.ForPhones(context),
            Converter = converter.Of(context, edition.Facts, texts),
        });
    }

    private async Task ShowNoiseAsync(HttpContext context)
    {
        context.Response.Headers.Vary = "Accept-Language";
        var (edition, texts) = await EditionAsync(context);
        await NoisePage.WriteAsync(context, edition.Facts, await days.GetAsync(edition.Facts), texts);
    }

    private async Task TellAsync(HttpContext context)
    {
        context.Response.Headers.Vary = "Accept, Accept-Language";
        context.Response.Headers.CacheControl = "no-store";
        var isJson = MediaType.Choose(context.Request.Headers.Accept, MediaType.Text, MediaType.Json) switch
        {
            MediaType.Json => true,
            MediaType.Text => false,
            _ => (bool?)null,
        };
        if (isJson is null)
        {
            await new Problem(ProblemType.NotAcceptable, "The board comes as text/plain or application/json.")
                .WriteAsync(context);
            return;
        }

        var (edition, texts) = await EditionAsync(context);
        if (isJson.Value)
        {
            await JsonReply.WriteAsync(context, json => BoardJson.Write(json, edition.Facts));
            return;
        }

        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.WriteAsync(BoardText.Write(edition.Facts, texts), context.RequestAborted);
    }

    private async Task<(BoardEdition Edition, PageTexts Texts)> EditionAsync(HttpContext context)
    {
        // Writing a page is nothing for the event loop that the request came on.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var language = BoardQuery.LanguageOf(context, await store.GetAsync());
        return (await feed.GetAsync(language), BoardWords.Of(language));
    }

    private async ValueTask<bool> IsAdminAsync(HttpContext context) =>
        context.Request.Cookies.ContainsKey(Credentials.SessionCookie)
        && (await credentials.ReadOpenAsync(context)).Key?.Allows(SetupEndpoints.Scope) == true;

    private static async Task OrProblemAsync(HttpContext context, Func<Task> answer)
    {
        try
        {
            await answer();
        }
        catch (EventStoreException error) when (!context.Response.HasStarted)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
        }
    }

    private void WriteList(Utf8JsonWriter json, Func<string, string> pathOf)
    {
        json.WriteStartArray();
        foreach (var name in Ready())
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("path", pathOf(name));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Services that take calls at present, ours and others'.</summary>
    private IEnumerable<string> Ready() =>
        (registry.Current?.Services.Values ?? [])
            .Where(s => s.Everywhere.Instances.Any(i => i.IsReady))
            .Select(s => s.Name)
            .Order(StringComparer.Ordinal);
}
