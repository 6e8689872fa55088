using System.Collections.Frozen;
using System.Security.Cryptography;

namespace Rondo.Services.Hosting.Pages;

/// <summary><c>/assets/{file}</c>: the style sheets, scripts and pictures of the pages, from this assembly.</summary>
internal static class AssetEndpoints
{
    private static readonly FrozenDictionary<string, Lazy<Asset>> Assets =
        typeof(AssetEndpoints).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Asset.Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Asset.Prefix.Length..], name => new Lazy<Asset>(() => new Asset(name)));

    public static void MapAssets(this IEndpointRouteBuilder routes) => routes.MapRead("/assets/{file}", context =>
        Assets.TryGetValue((string)context.Request.RouteValues["file"]!, out var asset)
            ? asset.Value.WriteAsync(context)
            : new Problem(ProblemType.NotFound, "The pages have no such file.").WriteAsync(context));

    private sealed class Asset
    {
        public const string Prefix = "assets/";

        private readonly byte[] _bytes;
        private readonly string _type;
        private readonly string _tag;

        public Asset(string name)
        {
            _bytes = EmbeddedFile.Bytes(name);
            _type = Path.GetExtension(name) switch
            {
                ".css" => "text/css; charset=utf-8",
                ".js" => "text/javascript; charset=utf-8",
                ".svg" => "image/svg+xml",
                _ => throw new System.Diagnostics.UnreachableException($"'{name}' has no known type."),
            };
            _tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(_bytes).AsSpan(0, 8))}\"";
        }

        public Task WriteAsync(HttpContext context)
        {
            var response = context.Response;
            response.Headers.ETag = _tag;

            // Asked for again on each page, which costs an empty answer; a new version is never mixed with an old page.
            response.Headers.CacheControl = "no-cache";
            response.Headers.XContentTypeOptions = "nosniff";
            if (context.Request.Headers.IfNoneMatch is [{ } known]
                && (known == "*" || known.Contains(_tag, StringComparison.Ordinal)))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            response.ContentType = _type;
            response.ContentLength = _bytes.Length;
            return response.Body.WriteAsync(_bytes, context.RequestAborted).AsTask();
        }
    }
}
