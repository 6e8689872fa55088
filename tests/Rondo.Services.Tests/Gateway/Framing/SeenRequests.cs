namespace Rondo.Services.Tests.Gateway.Framing;

/// <summary>One request, as somebody saw it; the body is null where its framing was broken.</summary>
internal sealed record SeenRequest(string Method, string Target, string? Body);

/// <summary>What the application saw on one connection.</summary>
internal sealed class SeenRequests
{
    public List<SeenRequest> All { get; } = [];

    /// <summary>An application that notes what it sees and answers with nothing.</summary>
    public static async Task NoteAsync(HttpContext context)
    {
        var seen = context.Features.Get<SeenRequests>()!.All;
        var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        seen.Add(new SeenRequest(context.Request.Method, target, null));
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        seen[^1] = seen[^1] with { Body = Convert.ToHexString(body.GetBuffer(), 0, (int)body.Length) };
        context.Response.ContentLength = 0;
    }
}
