using Rondo.Services.Hosting;

namespace Rondo.Services.Auth.Http;

/// <summary>Keys over HTTP: making, listing, changing, ending. Each route needs <see cref="KeyAdmin.Scope"/>.</summary>
internal sealed class KeyEndpoints(KeyStore keys, KeyAdmin admin, TimeProvider time)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/auth/keys", CreateAsync).RequireScope(KeyAdmin.Scope);
        routes.MapRead("/auth/keys", ListAsync).RequireScope(KeyAdmin.Scope);
        routes.MapRead("/auth/keys/{id}", ReadAsync).RequireScope(KeyAdmin.Scope);
        routes.MapPatch("/auth/keys/{id}", ChangeAsync).RequireScope(KeyAdmin.Scope);
        routes.MapDelete("/auth/keys/{id}", DeleteAsync).RequireScope(KeyAdmin.Scope);
        routes.MapPost("/auth/keys/{id}/rotate", RotateAsync).RequireScope(KeyAdmin.Scope);
        routes.MapPost("/auth/keys/{id}/revoke", RevokeAsync).RequireScope(KeyAdmin.Scope);
    }

    private async Task CreateAsync(HttpContext context)
    {
        if (await KeyForm.NewAsync(context, time.GetUtcNow()) is not { } settings)
        {
            return;
        }

        var (fault, text, key) = admin.Create(settings, ParentOf(context), AcceptedKey.ActorOf(context));
        if (fault is not KeyFault.None)
        {
            await AuthProblems.Of(fault, "").WriteAsync(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = "/auth/keys/" + key!.Id;
        await ShowAsync(context, key, text);
    }

    private Task ListAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        var now = time.GetUtcNow();
        return JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("keys");
            foreach (var key in keys.All)
            {
                json.WriteStartObject();
                KeyJson.Write(json, key, now);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private Task ReadAsync(HttpContext context) => keys.Get(IdOf(context)) is { } key
        ? ShowAsync(context, key, null)
        : AuthProblems.Of(KeyFault.NotFound, IdOf(context)).WriteAsync(context);

    private async Task ChangeAsync(HttpContext context)
    {
        if (await KeyForm.ChangeAsync(context, time.GetUtcNow()) is not { } change)
        {
            return;
        }

        var (fault, key) = admin.Change(IdOf(context), change, ParentOf(context), AcceptedKey.ActorOf(context));
        await AnswerAsync(context, fault, key, null);
    }

    private async Task RotateAsync(HttpContext context)
    {
        if (await KeyForm.GraceAsync(context) is not { } grace)
        {
            return;
        }

        var (fault, text, key) = admin.Rotate(IdOf(context), grace, ParentOf(context), AcceptedKey.ActorOf(context));
        await AnswerAsync(context, fault, key, text);
    }

    private Task RevokeAsync(HttpContext context)
    {
        var fault = admin.Revoke(IdOf(context), ParentOf(context), AcceptedKey.ActorOf(context));
        return AnswerAsync(context, fault, keys.Get(IdOf(context)), null);
    }

    private Task DeleteAsync(HttpContext context)
    {
        var fault = admin.Delete(IdOf(context), ParentOf(context), AcceptedKey.ActorOf(context));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return fault is KeyFault.None
            ? Task.CompletedTask
            : AuthProblems.Of(fault, IdOf(context)).WriteAsync(context);
    }

    private Task AnswerAsync(HttpContext context, KeyFault fault, StoredKey? key, ApiKey? text) =>
        fault is KeyFault.None
            ? ShowAsync(context, key!, text)
            : AuthProblems.Of(fault, IdOf(context)).WriteAsync(context);

    private Task ShowAsync(HttpContext context, StoredKey key, ApiKey? text)
    {
        context.Response.Headers.CacheControl = "no-store";
        return JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            if (text is not null)
            {
                json.WriteString("key", text.Text);
            }

            KeyJson.Write(json, key, time.GetUtcNow());
            json.WriteEndObject();
        });
    }

    private static StoredKey ParentOf(HttpContext context) => AcceptedKey.Of(context)!.Key;

    private static string IdOf(HttpContext context) => (string)context.Request.RouteValues["id"]!;
}
