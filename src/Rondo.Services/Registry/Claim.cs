namespace Rondo.Services.Registry;

/// <summary>What a caller can show: the token of a lease, the prefix of a key, or that it may do anything.</summary>
/// <param name="Token">A lease's token.</param>
/// <param name="Key">The prefix of a key, by which Consul's clients are known.</param>
/// <param name="IsAdmin">Whether the key has the scope <c>registry:admin</c>.</param>
/// <param name="From">The address of a caller by Consul's routes, who has shown no key.</param>
internal sealed record Claim(string? Token, string? Key = null, bool IsAdmin = false, string? From = null)
{
    public static Claim Nobody { get; } = new(null as string);

    /// <summary>Of the services in this process. No key has a prefix of this length.</summary>
    public static Claim OfThisProcess { get; } = new(null, Key: "process");

    /// <summary>Whether the lease of an instance is the caller's.</summary>
    public bool Owns(ServiceInstance instance) =>
        (Token is not null && LeaseToken.IsOwner(Token, instance.Owner))
        || (Key is not null && instance.Owner == OwnerOf(Key))
        || (From is not null && instance.Registration.Consul?.From == From);

    public bool MayEnd(ServiceInstance instance) => IsAdmin || Owns(instance);

    public static string OwnerOf(string key) => "key:" + key;
}
