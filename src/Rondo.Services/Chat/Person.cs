using Rondo.Services.Auth;

namespace Rondo.Services.Chat;

/// <summary>What somebody may do in a room; each may what those before may.</summary>
internal enum ChatRole
{
    /// <summary>Without a key.</summary>
    Guest,

    /// <summary>A program that posts through a hook, or Rondo itself.</summary>
    Bot,

    /// <summary>With a key.</summary>
    Member,

    /// <summary>Keeps order in a room.</summary>
    Mod,

    /// <summary>Makes and deletes rooms, and names moderators.</summary>
    Owner,
}

/// <summary>Who asks for something, as the network shows it.</summary>
/// <param name="Id">Stays the same over connections: several tabs are one person.</param>
/// <param name="Name">The name that was asked for; null for none.</param>
/// <param name="Role">By the key that was shown.</param>
/// <param name="Address">Where from; never shown to others.</param>
internal sealed record Caller(string Id, string? Name, ChatRole Role, string Address)
{
    public const string PostScope = "chat:post";
    public const string AdminScope = "chat:admin";

    /// <summary>Whose key it is, in a room: its scopes may be about some rooms alone.</summary>
    public static Caller Of(StoredKey key, string address, string room) => new(
        "k-" + key.Id,
        key.Name,
        Allows(key, AdminScope, room) ? ChatRole.Owner
            : Allows(key, PostScope, room) ? ChatRole.Member
            : ChatRole.Guest,
        address);

    /// <summary>Whether a key allows something in a room.</summary>
    public static bool Allows(StoredKey key, string scope, string room) => key.Allows($"{scope}:{room}");
}

/// <summary>Somebody in a room, as the others see it.</summary>
internal sealed record Person(string Id, string Name, ChatRole Role);
