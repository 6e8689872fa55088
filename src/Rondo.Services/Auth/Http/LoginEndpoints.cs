using Microsoft.AspNetCore.WebUtilities;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Auth.Http;

/// <summary>
/// <c>/login</c> takes a key and gives the browser a session in its place; <c>/logout</c> ends it. Pages that work
/// without a script.
/// </summary>
internal sealed class LoginEndpoints(
    Credentials credentials, KeyCheck check, Sessions sessions, AuditTrail audit, LiveOptions<AuthOptions> options,
    TimeProvider time)
{
    private const int MostBytes = 16 * 1024;
    private const string Home = "/chat";

    private static readonly Problem NoForm = new(ProblemType.InvalidBody, "The body is a form with a field 'key'.");

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/login", ShowAsync);
        routes.MapPost("/login", LoginAsync);
        routes.MapPost("/logout", LogoutAsync);
    }

    private async Task ShowAsync(HttpContext context)
    {
        var (key, _) = await credentials.ReadAsync(context);
        await WriteAsync(context, key, NextOf(context.Request.Query["next"]), null);
    }

    private async Task LoginAsync(HttpContext context)
    {
        var fields = await FormAsync(context);
        if ((SameOrigin.Refuse(context, []) ?? (fields is null ? NoForm : null)) is { } refused)
        {
            await refused.WriteAsync(context);
            return;
        }

        var next = NextOf(fields!.GetValueOrDefault("next"));
        var origin = context.Request.Headers.Origin is [{ } page] ? page : null;
        var text = fields!.GetValueOrDefault("key") is [{ } given] ? given.Trim() : "";
        var verdict = check.Check(text, context.Connection.RemoteIpAddress, origin);
        var actor = new AuditActor(
            verdict.Entry?.Key.Id ?? "-", context.Connection.RemoteIpAddress?.ToString(), context.TraceIdentifier);
        if (!verdict.IsAccepted)
        {
            audit.Refused(verdict.Outcome.ToString(), actor with { RequestId = null }, "/login");
            var problem = AuthProblems.Refused(context, verdict);
            context.Response.StatusCode = problem.Status;
            await WriteAsync(context, null, next, problem.Detail);
            return;
        }

        if (sessions.Begin(verdict.Entry!.Secret, options.Current.SessionTime) is not { } begun)
        {
            await new Problem(AuthProblems.TooMany, "Too many browsers are signed in.").WriteAsync(context);
            return;
        }

        await audit.AppendAsync(AuditEntry.Of("auth.login", actor, null, time.GetUtcNow()));
        Give(context, Credentials.SessionCookie, begun.Text, isHidden: true);
        Give(context, Credentials.TokenCookie, begun.Session.Token, isHidden: false);
        Redirect(context, next);
    }

    private async Task LogoutAsync(HttpContext context)
    {
        var (key, problem) = await credentials.ReadAsync(context);

        // Also without a session: what the answer takes away is the browser's.
        problem ??= SameOrigin.Refuse(context, []);
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        if (key is not null && AcceptedKey.Of(context)?.Session is { } session)
        {
            sessions.End(session);
            await audit.AppendAsync(AuditEntry.Of(
                "auth.logout", AcceptedKey.ActorOf(context), null, time.GetUtcNow()));
        }

        context.Response.Cookies.Delete(Credentials.SessionCookie);
        context.Response.Cookies.Delete(Credentials.TokenCookie);
        Redirect(context, "/login");
    }

    private void Give(HttpContext context, string name, string value, bool isHidden) =>
        context.Response.Cookies.Append(name, value, new CookieOptions
        {
            HttpOnly = isHidden,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            MaxAge = options.Current.SessionTime,
            Path = "/",
            IsEssential = true,
        });

    private static Task WriteAsync(HttpContext context, StoredKey? key, string next, string? refusal)
    {
        context.Response.Headers.CacheControl = "no-store";
        var problem = refusal is null ? default : Html.Of($"<p class=\"result refused\" role=\"alert\">{refusal}</p>");
        return HtmlPage.WriteAsync(context, "Log in", key is not null
            ? Html.Of($$"""
                <main class="sheet">
                <h1>You are in as <bdi>{{key.Name}}</bdi></h1>
                <p class="lede">With the key {{key.Id}}, in this browser. It may:
                {{string.Join(", ", key.Settings.Scopes.Texts)}}.</p>
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
                {{problem}}
                </main>
                """));
    }

    private static async Task<Dictionary<string, Microsoft.Extensions.Primitives.StringValues>?> FormAsync(
        HttpContext context)
    {
        var body = context.Request.HasFormContentType
            ? await BoundedStream.ReadAllAsync(context.Request.Body, MostBytes, context.RequestAborted)
            : null;
        return body is null ? null : QueryHelpers.ParseQuery(System.Text.Encoding.UTF8.GetString(body));
    }

    // A path of ours, and nothing that a browser could take for another server.
    private static string NextOf(Microsoft.Extensions.Primitives.StringValues given) =>
        given is [{ Length: > 0 and <= 500 } next] && next[0] == '/'
        && (next.Length == 1 || next[1] is not ('/' or '\\')) && !next.Any(char.IsControl) && next.All(char.IsAscii)
            ? next
            : Home;

    private static void Redirect(HttpContext context, string next)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = next;
    }
}
