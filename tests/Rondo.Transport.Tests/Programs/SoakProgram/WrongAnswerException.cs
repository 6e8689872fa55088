namespace SoakProgram;

/// <summary>The server has answered something else than it should have.</summary>
internal sealed class WrongAnswerException(string message) : Exception(message);
