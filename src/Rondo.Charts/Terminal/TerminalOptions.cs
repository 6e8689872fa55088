namespace Rondo.Charts.Terminal;

/// <summary>What a terminal can show.</summary>
/// <param name="IsAscii">Nothing beyond ASCII: no braille, no blocks.</param>
/// <param name="HasColor">Whether escape sequences for colours may be written.</param>
internal sealed record TerminalOptions(bool IsAscii = false, bool HasColor = false);
