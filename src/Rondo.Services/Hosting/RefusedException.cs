using System.Net;

namespace Rondo.Services.Hosting;

/// <summary>A server has answered with another status than 200.</summary>
internal sealed class RefusedException(string message, HttpStatusCode status)
    : HttpRequestException(message, null, status)
{
    /// <summary>How long it asks to be left alone (RFC 9110 section 10.2.3), or null.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
