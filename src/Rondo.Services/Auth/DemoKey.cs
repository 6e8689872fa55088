namespace Rondo.Services.Auth;

/// <summary>
/// The talks' key, which everybody knows: accepted in the demo alone, which listens on this machine only.
/// </summary>
internal sealed class DemoKey
{
    public const string Text = "supersecret";

    private const string Name = "demo";

    public DemoKey(bool isAccepted, TimeProvider time)
    {
        if (isAccepted)
        {
            var secret = new StoredSecret(Name, [], null, time.GetUtcNow(), null);
            var settings = new KeySettings(
                Name, "", ScopeSet.Stored(["weather:read", "chat:post", "registry:write"]));
            Entry = new KeyEntry(
                secret, new StoredKey(Name, settings, secret.Created, null, [secret], new KeyUse(null, 0, 0)));
        }
    }

    /// <summary>The key; null when it is not accepted.</summary>
    public KeyEntry? Entry { get; }
}
