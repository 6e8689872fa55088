using System.Diagnostics;
using System.Text;

namespace Rondo.Services.Supervision;

/// <summary>How this program is started again, with other arguments.</summary>
internal static class ProgramStart
{
    private const string Prefix = "RONDO_";

    // What says where this process is and what it may: of no other.
    private static readonly string[] OwnVariables =
    [
        Prefix + "KEY", Prefix + "URLS", Prefix + "DATA", Prefix + "ADMINKEYFILE",
    ];

    public static ProcessStartInfo Again(IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(
            program,
            Path.GetFileNameWithoutExtension(program) == "dotnet"
                ? [Environment.GetCommandLineArgs()[0], .. arguments]
                : arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var name in start.Environment.Keys.Where(IsOwn).ToList())
        {
            start.Environment.Remove(name);
        }

        return start;
    }

    private static bool IsOwn(string name) =>
        OwnVariables.Contains(name, StringComparer.OrdinalIgnoreCase)
        || name.StartsWith(Prefix + "TLS__", StringComparison.OrdinalIgnoreCase);
}
