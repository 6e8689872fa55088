using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests.Documents;

/// <summary>
/// The <c>rondo up</c> that a reader has running, one for all documents; it starts when the first needs it.
/// </summary>
public sealed partial class ReadersServer : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-reader-").FullName;
    private RondoProcess? _process;

    /// <summary>Of this machine, without a path.</summary>
    public string Address { get; private set; } = "";

    public string AdminKey { get; private set; } = "";

    public string Data => _data;

    public ValueTask InitializeAsync() => default;

    public async Task StartAsync()
    {
        if (_process is null)
        {
            _process = RondoProcess.Start(_data, "up", "--demo", "--offline", "--urls", "http://127.0.0.1:0");
            var said = await _process.ReadUntilAsync("/currency/status");
            (Address, AdminKey) = (AddressIn(said), KeyIn(said)!);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Directory.Delete(_data, recursive: true);
    }

    /// <summary>Where a server says that it listens.</summary>
    internal static string AddressIn(string said) => ListensOn().Match(said).Groups["address"].Value;

    /// <summary>The admin key, if it shows one.</summary>
    internal static string? KeyIn(string said) => Key().Match(said) is { Success: true } key ? key.Value : null;

    [GeneratedRegex(@"listens on (?<address>https?://[^\s/]+)")]
    private static partial Regex ListensOn();

    [GeneratedRegex(@"ak_\w+")]
    private static partial Regex Key();
}
