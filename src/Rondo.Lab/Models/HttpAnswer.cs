namespace Rondo.Lab.Models;

/// <summary>What a server answers: a status and a short text.</summary>
/// <param name="Status">The HTTP status code, 200 to 599.</param>
/// <param name="Body">Sent as UTF-8, after a <c>Content-Length</c>.</param>
/// <threadsafety>Immutable.</threadsafety>
public readonly record struct HttpAnswer(int Status, string Body)
{
    /// <summary>The type of every answer, spelled as the talks' servers do.</summary>
    public const string ContentType = "text/plain; charset=UTF-8";

    /// <summary>A text is an answer with status 200.</summary>
    public static implicit operator HttpAnswer(string body) => FromString(body);

    /// <summary>An answer with status 200.</summary>
    public static HttpAnswer FromString(string body) => new(200, body);
}
