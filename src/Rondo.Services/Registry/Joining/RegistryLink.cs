using Rondo.Services.Hosting;
using Rondo.Services.Registry.Client;

namespace Rondo.Services.Registry.Joining;

/// <summary>The registry of another process, as this one uses it.</summary>
internal sealed class RegistryLink : IDisposable
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(10);

    // Longer than a long poll.
    private static readonly TimeSpan WatchDeadline = TimeSpan.FromSeconds(70);

    private readonly HttpClient _calls;
    private readonly HttpClient _watches;
    private readonly RegistryClientOptions _options;

    /// <param name="url">Where the registry is.</param>
    /// <param name="key">What it is shown.</param>
    /// <param name="time">What pauses are measured with.</param>
    public RegistryLink(Uri url, KeyFile key, TimeProvider time)
    {
        Url = url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");
        _options = new RegistryClientOptions { Time = time };
        _calls = Connect(CallDeadline, key);
        _watches = Connect(WatchDeadline, key);
        Client = new RegistryClient(_calls, _options);
        Watcher = new RegistryClient(_watches, _options);
    }

    public Uri Url { get; }

    /// <summary>For registering.</summary>
    public RegistryClient Client { get; }

    /// <summary>For following what changes.</summary>
    public RegistryClient Watcher { get; }

    /// <summary>A client that finds services by name; whoever has it disposes of it.</summary>
    public HttpClient ByName(TimeSpan deadline) =>
        OutboundHttp.Nearby(deadline, new ServiceNameHandler(Watcher));

    /// <exception cref="StartException">The text is no address.</exception>
    public static Uri ParseUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0
            ? url
            : throw new StartException(
                url is { UserInfo.Length: > 0 }
                    ? "A password on a command line is seen by everybody on this machine: leave it out of --registry, "
                        + "write a key into a file, chmod 600 it, and use --key-file FILE. Or set RONDO_KEY."
                    : $"'{text}' is no address of a registry; write one such as http://127.0.0.1:8080.",
                ExitCode.Usage);

    public void Dispose()
    {
        _calls.Dispose();
        _watches.Dispose();
    }

    private HttpClient Connect(TimeSpan deadline, KeyFile key)
    {
        var client = OutboundHttp.Nearby(deadline, new KeyFileHandler(key));
        client.BaseAddress = Url;
        return client;
    }
}
