using System.Net;

namespace Rondo.Lab.Models;

/// <summary>How a model is served, besides what it does.</summary>
/// <param name="Name">The model's, for the line that says where it listens.</param>
/// <param name="Address">Where it listens; port 0 takes a free one.</param>
/// <param name="IdleTimeout">How long a client may take for a request, and so stay idle.</param>
/// <param name="StatsPath">Where a <see cref="ModelSecond"/> is written each second; null for nowhere.</param>
internal sealed record ServeOptions(string Name, IPEndPoint Address, TimeSpan IdleTimeout, string? StatsPath)
{
    /// <summary>
    /// Who started it decides over it: the statistics go to the output, a line of this asks for one at once, and its
    /// end is the server's, so that it never outlives who started it. Null for a server of its own.
    /// </summary>
    public TextReader? Control { get; init; }
}
