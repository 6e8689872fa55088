namespace Rondo.Services.Auth.Http;

/// <summary>Endpoint metadata: a browser gets a page here; without a key it is sent to log in first.</summary>
internal sealed class BrowserPage
{
    public static BrowserPage Instance { get; } = new();
}
