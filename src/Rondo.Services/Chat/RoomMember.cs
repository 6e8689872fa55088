namespace Rondo.Services.Chat;

/// <summary>One connection in one room. Several may be one person.</summary>
internal sealed class RoomMember(IRecipient recipient, Caller caller)
{
    public IRecipient Recipient { get; } = recipient;

    public Caller Caller { get; } = caller;

    /// <summary>Who speaks here: under the name that they have in the room now.</summary>
    public Caller Speaker { get; } = caller.Name is null ? caller : caller with { Name = null };

    /// <summary>The newest event that it was sent.</summary>
    public long Seq { get; set; }

    /// <summary>Whether it counts among those who are here.</summary>
    public bool IsPresent { get; set; }

    public bool HasLeft { get; set; }
}
