using Rondo.Services.Hosting;

namespace Rondo.Services.Auth;

/// <summary>The key that a request shows, in <c>Authorization: Bearer</c> or <c>X-API-Key</c>.</summary>
internal static class Credential
{
    public static readonly ProblemType Missing = new("missing-credential", 401, "Key needed");
    public static readonly ProblemType Invalid = new("invalid-credential", 401, "Key not accepted");
    private static readonly ProblemType InsufficientScope = new("insufficient-scope", 403, "Scope missing");
    private static readonly ProblemType ConflictingCredentials =
        new("conflicting-credentials", 400, "Two different keys");

    /// <summary>What is wrong with the keys of a request; null when it shows a good one, or none at all.</summary>
    public static Problem? Read(HttpContext context, KeyStore keys, out StoredKey? key)
    {
        key = null;
        var sent = Texts(context.Request.Headers).Distinct().ToList();
        if (sent.Count > 1)
        {
            return new Problem(ConflictingCredentials, "The request carries two different keys. Send one.");
        }

        if (sent.Count == 0 || (key = keys.Find(sent[0])) is not null)
        {
            return null;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"rondo\", error=\"invalid_token\"";
        return new Problem(Invalid, "The key is not one of ours, or is no longer valid.");
    }

    public static Problem Lacks(StoredKey key, string scope) =>
        new(InsufficientScope, $"The key '{key.Prefix}' lacks the scope '{scope}'.", ("required", scope));

    private static IEnumerable<string> Texts(IHeaderDictionary headers)
    {
        foreach (var authorization in headers.Authorization)
        {
            const string bearer = "Bearer ";
            yield return authorization is not null
                && authorization.StartsWith(bearer, StringComparison.OrdinalIgnoreCase)
                ? authorization[bearer.Length..].Trim()
                : "";
        }

        foreach (var key in headers["X-API-Key"])
        {
            yield return key ?? "";
        }
    }
}
