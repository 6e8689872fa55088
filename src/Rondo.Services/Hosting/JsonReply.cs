using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rondo.Services.Hosting;

/// <summary>Answers with JSON, written straight into the response.</summary>
internal static class JsonReply
{
    // The default escapes for HTML; what we answer is never read as HTML (see X-Content-Type-Options).
    private static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Utf8JsonWriter Writer(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return new Utf8JsonWriter(context.Response.BodyWriter, Readable);
    }

    public static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        context.Response.ContentType = MediaType.Json;
        await using (var json = Writer(context))
        {
            write(json);
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    public static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> document)
    {
        context.Response.ContentType = MediaType.Json;
        await context.Response.BodyWriter.WriteAsync(document, context.RequestAborted);
    }
}
