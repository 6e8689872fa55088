using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Pages;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Board.Http;

/// <summary><c>/board/setup</c>: the first steps, for whoever has signed in with a key that may change the board.</summary>
internal sealed class SetupEndpoints(BoardFeed feed, BoardStore store, IBoardRooms rooms, BoardAddress address)
{
    public const string Scope = "board:write";

    private const int MostBytes = 16 * 1024;
    private const string Path = "/board/setup";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead(Path, context => OrProblemAsync(context, () => ShowAsync(context, view => view)))
            .RequireScope(Scope).WithMetadata(BrowserPage.Instance);
        routes.MapPost(Path, context => OrProblemAsync(context, () => TakeAsync(context))).RequireScope(Scope);
    }

    private async Task TakeAsync(HttpContext context)
    {
        if (await FormAsync(context) is not { } fields)
        {
            await new Problem(ProblemType.InvalidBody, "The body is a form with a field 'step'.").WriteAsync(context);
            return;
        }

        var refusal = Field(fields, "step") switch
        {
            "name" => await NameAsync(fields),
            "room" => await rooms.AddAsync(Field(fields, "name"), Field(fields, "kind")),
            "key" => await SaveAsync(settings => settings with { IsKeyKept = true }),
            "ticket" => null,
            _ => "There is no such step.",
        };
        var ticket = refusal is null && Field(fields, "step") is "ticket"
            ? await rooms.TicketAsync(Field(fields, "room"))
            : null;
        if (refusal is null && ticket is null && Field(fields, "step") is not "ticket")
        {
            // Loading again what was sent must not send it again.
            await feed.RefreshAsync();
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = Path;
            return;
        }

        refusal ??= ticket is null ? "There is no such room." : null;
        context.Response.StatusCode = refusal is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity;
        await ShowAsync(context, view => view with
        {
            Refusal = refusal,
            Typed = Field(fields, "step") is "name" ? Field(fields, "name") : null,
            Ticket = ticket,
        });
    }

    private async Task ShowAsync(HttpContext context, Func<SetupView, SetupView> change)
    {
        var language = BoardQuery.LanguageOf(context, await store.GetAsync());
        var edition = await feed.GetAsync(language);
        var view = new SetupView(edition.Facts, BoardWords.Of(language), rooms.Kinds)
        {
            Address = address.ForPhones(context),
        };
        await SetupPage.WriteAsync(context, change(view));
    }

    private Task<string?> NameAsync(Dictionary<string, StringValues> fields) => SaveAsync(settings => settings with
    {
        Name = Field(fields, "name").Trim(),
        Language = PageLanguages.Parse(Field(fields, "language")),
        Tiles = [.. BoardTile.Names.Where(tile => fields.GetValueOrDefault("tiles").Contains(tile))],
        Currencies =
        [
            .. Field(fields, "currencies").ToUpperInvariant()
                .Split([' ', ',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Distinct(),
        ],
    });

    private async Task<string?> SaveAsync(Func<BoardSettings, BoardSettings> change)
    {
        var settings = change(await store.GetAsync());
        if (settings.Mistake() is { } mistake)
        {
            return mistake.Detail;
        }

        await store.SaveAsync(settings);
        return null;
    }

    private static string Field(Dictionary<string, StringValues> fields, string name) =>
        fields.GetValueOrDefault(name) is [{ } value, ..] ? value : "";

    private static async Task<Dictionary<string, StringValues>?> FormAsync(HttpContext context)
    {
        var body = context.Request.HasFormContentType
            ? await BoundedStream.ReadAllAsync(context.Request.Body, MostBytes, context.RequestAborted)
            : null;
        return body is null ? null : QueryHelpers.ParseQuery(System.Text.Encoding.UTF8.GetString(body));
    }

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
}
