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

    // Goes before the name of a setting; the value is what the program has, nothing if it has none.
    private const string OwnPrefix = "RONDO_OWN_";

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

    /// <summary>Sets what only a worker is to have; it knows what the program has instead.</summary>
    public static void Set(IDictionary<string, string?> environment, string setting, string value)
    {
        environment[OwnPrefix + setting] = environment.TryGetValue(setting, out var own) ? own : "";
        environment[setting] = value;
    }

    /// <summary>
    /// Takes the invitation out of this process and gives it the program's own settings, so that its children, which
    /// are no workers, inherit those.
    /// </summary>
    public static void Forget()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
        {
            if (name.StartsWith(OwnPrefix, StringComparison.Ordinal))
            {
                var own = Environment.GetEnvironmentVariable(name);
                Environment.SetEnvironmentVariable(name[OwnPrefix.Length..], own is "" ? null : own);
                Environment.SetEnvironmentVariable(name, null);
            }
        }
    }

    public override string ToString() => $"{Convert.ToHexString(Secret)}{Separator}{Path}";
}
