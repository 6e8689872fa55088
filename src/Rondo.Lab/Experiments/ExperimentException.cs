using Rondo.Lab.Load;

namespace Rondo.Lab.Experiments;

/// <summary>An experiment could not be made; the message says why and what to do.</summary>
/// <remarks><see cref="ExitCode"/> is what the command returns.</remarks>
internal sealed class ExperimentException(string message, int exitCode = LoadExit.TargetFailed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
