namespace Rondo.Services.Board;

/// <summary>Something that was said in the lobby.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="At">When.</param>
/// <param name="Name">By whom.</param>
/// <param name="Text">As it reads now.</param>
internal sealed record BoardLine(long Seq, DateTimeOffset At, string Name, string Text);
