namespace Rondo.Services;

/// <summary>What the command line of a split server says to each of the processes that it starts.</summary>
internal static class ChildArguments
{
    public static IReadOnlyList<string> Of(ServerOptions options, ServiceSetup setup) =>
    [
        .. Flag("--offline", setup.IsOffline),
        .. Flag("--demo", setup.IsDemo),
        .. Flag("--verbose", options.Verbose),
        .. Value("--rates", setup.RatesFile),
        .. Value("--transport", options.Transport),
        .. Value("--log-format", options.LogFormat),
    ];

    private static string[] Flag(string name, bool isSet) => isSet ? [name] : [];

    private static string[] Value(string name, string? value) => value is { Length: > 0 } ? [name, value] : [];
}
