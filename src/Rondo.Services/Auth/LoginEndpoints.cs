using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Auth;

/// <summary>
/// <c>/login</c> takes a key in the body of a form, so that it is in no address and no log, and gives the browser a
/// session.
/// </summary>
internal sealed class LoginEndpoints(KeyStore keys, SessionStore sessions)
{
    private const int MostBytes = 4096;
    private const string Home = "/chat";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/login", context => ShowAsync(context, Next(context.Request.Query["next"]), null));
        routes.MapPost("/login", EnterAsync);
        routes.MapPost("/logout", LeaveAsync);
    }

    private async Task EnterAsync(HttpContext context)
    {
        if (await FormAsync(context) is not { } form)
        {
            return;
        }

        var next = Next(form.GetValueOrDefault("next"));
        if (keys.Find(form.GetValueOrDefault("key").ToString().Trim()) is not { } key)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"rondo\"";
            await ShowAsync(context, next, "The key is not one of ours, or is no longer valid.");
            return;
        }

        sessions.Begin(context, key);
        Go(context, next);
    }

    private async Task LeaveAsync(HttpContext context)
    {
        if (await FormAsync(context) is not null)
        {
            sessions.End(context);
            Go(context, "/login");
        }
    }

    // Null after an answer that says what is wrong.
    private static async Task<Dictionary<string, StringValues>?> FormAsync(
        HttpContext context)
    {
        var problem = SameOrigin.Refuse(context, []);
        if (problem is null
            && await BoundedStream.ReadAllAsync(context.Request.Body, MostBytes, context.RequestAborted) is { } body)
        {
            return QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body));
        }

        problem ??= new Problem(ProblemType.InvalidBody, "The form has a field 'key'.");
        await problem.WriteAsync(context);
        return null;
    }

    // A place of this server: another site's address would take away whoever has just logged in.
    private static string Next(StringValues wanted) =>
        wanted is [{ } path] && path.StartsWith('/') && !path.AsSpan(1).StartsWith("/")
        && !path.AsSpan().ContainsAnyExceptInRange('!', '~') && !path.Contains('\\', StringComparison.Ordinal)
            ? path
            : Home;

    private static void Go(HttpContext context, string path)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = path;
    }

    private Task ShowAsync(HttpContext context, string next, string? refusal)
    {
        context.Response.Headers.CacheControl = "no-store";
        return HtmlPage.WriteAsync(context, "Log in", sessions.KeyOf(context) is { } key
            ? Html.Of($$"""
                <main class="sheet">
                <h1>You are in as <bdi>{{key.Name}}</bdi></h1>
                <p class="lede">With the key {{key.Prefix}}, in this browser, for twelve hours at most.</p>
                <form class="row" method="post" action="/logout">
                <button>Log out</button> <a href="{{next}}">Go on</a>
                </form>
                </main>
                """)
            : Html.Of($$"""
                <main class="sheet">
                <h1>Log in with a key</h1>
                <p class="lede">Nobody needs it to chat. The key that the first start of Rondo has shown keeps order
                in the rooms.</p>
                <form class="row" method="post" action="/login">
                <input type="hidden" name="next" value="{{next}}">
                <label class="key">Key<input type="password" name="key" autocomplete="current-password"
                 required></label>
                <button>Log in</button>
                </form>
                {{(refusal is null ? default : Html.Of($"<p class=\"result refused\" role=\"alert\">{refusal}</p>"))}}
                </main>
                """));
    }
}

internal static class LoginRoutes
{
    public static void MapLogin(this IEndpointRouteBuilder routes) =>
        ActivatorUtilities.CreateInstance<LoginEndpoints>(routes.ServiceProvider).Map(routes);
}
