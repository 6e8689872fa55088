namespace Rondo.Services.Registry.Joining;

/// <summary>Sends the key of a file along with every request.</summary>
internal sealed class KeyFileHandler(KeyFile key) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Add("X-API-Key", key.Text);
        return base.SendAsync(request, cancellationToken);
    }
}
