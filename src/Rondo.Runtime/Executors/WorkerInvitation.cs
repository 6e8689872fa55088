using System.Reflection;
using System.Security.Cryptography;

namespace Rondo.Runtime.Executors;

/// <summary>What a program tells a process that is to be its worker, in an environment variable.</summary>
/// <param name="Path">The socket to connect to.</param>
/// <param name="Secret">Shows the program that it is this process.</param>
internal sealed record WorkerInvitation(string Path, byte[] Secret)
{
    public const string Variable = "RONDO_WORKER";

    /// <summary>The length of what a worker says first: the secret, and two identities of builds.</summary>
    public const int HelloBytes = SecretBytes + 16 + 16;

    private const int SecretBytes = 32;
    private const char Separator = ':';

    // What a worker is started with, beyond the invitation; its own children are no workers.
    public static readonly string[] Settings =
    [
        "DOTNET_STARTUP_HOOKS", "DOTNET_GCHeapHardLimit", "DOTNET_gcServer", "DOTNET_gcConcurrent", "DOTNET_GCLOHThreshold",
        "DOTNET_TieredPGO",
    ];

    /// <summary>Which build this process runs: that of this library, and that of the program.</summary>
    public static (Guid Library, Guid Program) Build => (
        typeof(WorkerInvitation).Module.ModuleVersionId,
        Assembly.GetEntryAssembly()?.ManifestModule.ModuleVersionId ?? default);

    public static WorkerInvitation ToSocket(string path) => new(path, RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>The invitation to this process; null for one that is no worker.</summary>
    public static WorkerInvitation? Read() =>
        Environment.GetEnvironmentVariable(Variable)?.Split(Separator, 2) is [var secret, var path]
            ? new WorkerInvitation(path, Convert.FromHexString(secret))
            : null;

    /// <summary>Takes the invitation and the settings out of this process, so that no child inherits them.</summary>
    public static void Forget()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        foreach (var setting in Settings)
        {
            Environment.SetEnvironmentVariable(setting, null);
        }
    }

    public override string ToString() => $"{Convert.ToHexString(Secret)}{Separator}{Path}";
}
