namespace Rondo.Services.Auth;

/// <summary>The auth service in another process, wherever it is at present.</summary>
/// <param name="http">
/// Sends <c>http://auth/...</c> to an instance that takes calls, and gives up after some seconds.
/// </param>
internal sealed class AuthServer(HttpClient http) : IDisposable
{
    public const string Name = "auth";

    public HttpClient Http { get; } = http;

    public void Dispose() => Http.Dispose();
}
