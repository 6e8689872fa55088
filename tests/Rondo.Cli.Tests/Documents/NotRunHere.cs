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

        Of(@"\(text\): rondo (up|up --tls|up --demo)$", "UpTests, and the blocks of documents"),
        Of(@"\(text\): rondo (up --split|serve (gateway|weather --))", "SplitUpTests; blocks have the whole"),
        Of(@": rondo up --rates rates\.csv$", "UpTests has it with a file of rates"),
        Of(@": rondo key reset-admin", "KeyTests: it ends the key that the others use"),
        Of(@"\(text\): rondo serve (chat|currency|noise|weather)$", "SplitUpTests runs each of them"),
        Of(@"\(text\): rondo lab serve (sync|broken|pool|proc)", "LabTests; 'loop' is run"),
        Of(@": rondo streams repair", "the server must not run; SqliteEventStoreTests"),
        Of(@": source <\(rondo completion zsh\)", "for zsh; CompletionTests"),

        // Minutes of measuring.
        Of(@": rondo lab (run|noise)\b(?!.*--from)(?!.*--quick)", "minutes of measuring; LabRunTests has shorter ones"),
        Of(@"^docs/lab\.md: rondo lab run.*--quick", "half a minute of measuring; LabRunTests has shorter ones"),
        Of(@"^docs/workshop/part3\.md: rondo lab run", "ten seconds of measuring; LabRunTests has shorter ones"),
        Of(@"^docs/workshop/part2\.md: rondo ab", "ten seconds; WorkshopTests loads that server"),
        Of(@"^docs/load\.md: rondo load", "as long as the load takes; LoadTests has shorter ones"),

        // Other machines.
        Of(@": rondo noise probe", "needs a microphone; NoiseProbeTests has one that is played"),
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
