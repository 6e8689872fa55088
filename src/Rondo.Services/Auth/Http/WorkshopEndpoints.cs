using Microsoft.AspNetCore.WebUtilities;
using Rondo.Services.Hosting;

namespace Rondo.Services.Auth.Http;

/// <summary>
/// <c>/workshop/auth?key=</c> as the talks' server answered: always 200, <c>1</c> for the one key and <c>0</c> for all
/// else; the last of several keys counts, a form's after those of the address.
/// </summary>
internal sealed class WorkshopEndpoints(LiveOptions<AuthOptions> options)
{
    private const string Path = "/workshop/auth";
    private const string Parameter = "key";
    private const int MostBytes = 64 * 1024;

    public void Map(IEndpointRouteBuilder routes)
    {
        if (options.Current.Workshop)
        {
            routes.MapRead(Path, context => AnswerAsync(context, null));
            routes.MapPost(Path, async context =>
            {
                var body = context.Request.HasFormContentType
                    ? await BoundedStream.ReadAllAsync(context.Request.Body, MostBytes, context.RequestAborted)
                    : null;
                await AnswerAsync(context, body);
            });
        }
    }

    private static Task AnswerAsync(HttpContext context, byte[]? form)
    {
        var key = context.Request.Query[Parameter].LastOrDefault();
        if (form is not null
            && QueryHelpers.ParseQuery(System.Text.Encoding.UTF8.GetString(form)).TryGetValue(Parameter, out var sent))
        {
            key = sent.LastOrDefault();
        }

        context.Response.ContentType = "text/html; charset=UTF-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(IsKey(key ?? "") ? "1" : "0", context.RequestAborted);
    }

    // Control characters were blanks there, and blanks at the ends nothing.
    private static bool IsKey(string text) =>
        string.Concat(text.Select(c => c is < '\x09' or (> '\x0d' and < ' ') ? ' ' : c)).Trim() == DemoKey.Text;
}
