using Rondo.Services.Chat;
using Rondo.Services.Currency;
using Rondo.Services.Noise;
using Rondo.Services.Weather;

namespace Rondo.Services.Backup;

/// <summary>
/// What an archive may hold, by name. Nothing else is ever written into a folder, so that no archive can put a file
/// anywhere.
/// </summary>
internal static class BackupParts
{
    public const string Manifest = "manifest.json";
    public const string Events = "events.jsonl";
    public const string Tables = "tables.jsonl";

    /// <summary>More than the largest file of the folder has, and little enough for memory.</summary>
    public const int MostFileBytes = 1024 * 1024;

    /// <summary>
    /// Files of the data folder, as they are: settings, the secrets of keys and tokens, the certificates of TLS.
    /// </summary>
    public static IReadOnlyList<string> FolderFiles { get; } =
    [
        "appsettings.json", "auth.pepper", "auth.signing.pem", "tls/authority.pem", "tls/authority.crt",
        "tls/server.pem",
    ];

    /// <summary>Those that a database keeps as rows, so that every node has them.</summary>
    public static IReadOnlyList<string> Secrets { get; } = ["auth.pepper", "auth.signing.pem"];

    /// <summary>
    /// Services that have a folder of their own in that of the place when they are processes of their own; each comes
    /// as an archive in the archive.
    /// </summary>
    public static IReadOnlyList<string> Services { get; } =
        [ChatService.Name, CurrencyService.Name, NoiseService.Name, WeatherService.Name];

    /// <summary>The archive of one of <see cref="Services"/>.</summary>
    public static string OfService(string service) => $"services/{service}.zip";

    /// <param name="name">Of an entry.</param>
    /// <param name="isOfService">Whether the archive is itself one of <see cref="OfService"/>.</param>
    public static bool IsPart(string name, bool isOfService) =>
        name is Events or Tables || FolderFiles.Contains(name)
        || (!isOfService && Services.Any(s => OfService(s) == name));

    public static string PathIn(string folder, string name) =>
        Path.Combine(folder, name.Replace('/', Path.DirectorySeparatorChar));
}
