namespace Rondo.Services.Chat;

/// <summary>One connection in one room. Several may be one person.</summary>
internal sealed class Member(IRecipient recipient, Person person)
{
    public IRecipient Recipient { get; } = recipient;

    public Person Person { get; set; } = person;

    /// <summary>The newest event that it was sent.</summary>
    public long Seq { get; set; }

    public bool HasLeft { get; set; }
}
