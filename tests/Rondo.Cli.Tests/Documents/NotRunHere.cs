using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests.Documents;

/// <summary>
/// The commands of documents that <see cref="RunDocumentsTests"/> leaves out, each with its reason: another test runs
/// it, or it needs what a test must not have.
/// </summary>
internal static class NotRunHere
{
    /// <summary>
    /// Matched against <c>DOCUMENT: COMMAND</c>. A reason that names a class of tests is held against those that there
    /// are.
    /// </summary>
    public static IReadOnlyList<(Regex Commands, string Reason)> List { get; } =
    [
        // Run by others.
        Of(@"^README\.md: (curl|artifacts)", "ShownOutputTests compares each character"),
        Of(@"^README\.md: \./dev (up|test)", "builds everything; DocumentedCommandsTests knows the verbs"),
        Of(@"^docs/workshop/.*: \./dev workshop", "CommandTests and WorkshopTests"),
        Of(@"^docs/workshop/.*: (dotnet run (docs|examples)|curl)", "WorkshopTests compares it with what a check runs"),
        Of(@"^docs/workshop/part1\.md: \./dev test Services --coverage", "CoverageTests"),
        Of(@"^docs/lab\.md: dotnet run examples/upstream", "RunningServers starts it for ServerTests"),
        Of(@": dotnet tool install", "InstalledToolTests, from the packages of this build"),
        Of(@": \./dev pack", "PackageTests"),
        Of(@"^examples/outside/README\.md: ", "OutsideTests"),
        Of(@"^docs/services/split\.md: rondo up --split", "SplitUpTests"),

        // Minutes of measuring.
        Of(@"^docs/lab\.md: rondo lab run", "half a minute of measuring; LabRunTests has shorter ones"),
        Of(@"^docs/workshop/part3\.md: rondo lab run", "ten seconds of measuring; LabRunTests has shorter ones"),
        Of(@"^docs/workshop/part2\.md: rondo ab", "ten seconds; WorkshopTests loads that server"),
        Of(@"^docs/load\.md: rondo load", "as long as the load takes; LoadTests has shorter ones"),

        // Other machines.
        Of(@"^docs/services/nodes\.md: ", "needs PostgreSQL and three machines; NodeClusterTests"),
        Of(@"--database-file", "needs PostgreSQL; PostgresServerTests and PostgresBackupTests"),
        Of(@"db\.example", "needs PostgreSQL"),
        Of(@"^docs/services/backup\.md: tar .*share rondo", "packs the folder of who runs the tests"),
        Of(@"^docs/services/backup\.md: 0 3 ", "a line of cron's table; BackupTests has --overwrite"),
        Of(@": mosquitto_sub", "needs a broker; MqttClientTests"),
    ];

    public static bool Has(DocumentedCommand command) => List.Any(l => l.Commands.IsMatch(command.ToString()));

    private static (Regex Commands, string Reason) Of(string pattern, string reason) => (new Regex(pattern), reason);
}
