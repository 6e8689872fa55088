namespace ChaosProgram;

internal enum DeedKind
{
    Say,
    Edit,
    Delete,
}

/// <summary>What somebody does in the room, until it is acknowledged or refused for good.</summary>
/// <param name="Id">The <c>client_id</c>, the same each time it is sent.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Target">The number of the message that is changed or deleted; 0 for a new one.</param>
/// <param name="Text">What is said from then on, unlike any other; empty for a deletion.</param>
internal sealed record Deed(string Id, DeedKind Kind, long Target, string Text);
