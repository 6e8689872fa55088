namespace Rondo.Services.Hosting;

/// <summary>
/// Rondo cannot start or carry out a command, for a reason the user can mend; the message is written for that user and
/// is all they see.
/// </summary>
internal sealed class StartException(string message, int exitCode = ExitCode.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
