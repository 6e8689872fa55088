using System.Text.RegularExpressions;
using Rondo.Services.Hosting;

namespace Rondo.Services.Nodes;

/// <summary>
/// Section <c>Nodes</c> of the configuration, read at the start: what a process is told that shares its database with
/// others.
/// </summary>
/// <param name="Name">What people call this node; default the name of its host.</param>
/// <param name="Address">Where the other nodes reach it; null for the one that it finds by itself.</param>
/// <param name="Lease">How long a node leads without being heard of. From 2 s; default 5 s.</param>
/// <param name="Hold">How long a request waits for a leader. Default 8 s: longer than a takeover.</param>
/// <param name="ShowNode">Whether each answer says in <c>X-Rondo-Node</c> who has made it; default not.</param>
internal sealed partial record NodeOptions(string Name, Uri? Address, TimeSpan Lease, TimeSpan Hold, bool ShowNode)
{
    public const string Section = "Nodes";

    private static readonly TimeSpan s_leastLease = TimeSpan.FromSeconds(2);

    /// <summary>What the configuration says.</summary>
    /// <param name="configuration">All of it.</param>
    /// <param name="address">What the command line says of the address, which counts more.</param>
    /// <exception cref="StartException">Something in the section cannot be understood.</exception>
    public static NodeOptions Read(IConfiguration configuration, string? address)
    {
        var section = configuration.GetSection(Section);
        string[] known = [nameof(Name), nameof(Address), nameof(Lease), nameof(Hold), nameof(ShowNode)];
        foreach (var setting in section.GetChildren())
        {
            if (!known.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
            {
                throw new StartException(
                    $"There is no setting '{setting.Path}'; there are {string.Join(", ", known)}.");
            }
        }

        var name = section[nameof(Name)] is { Length: > 0 } given ? given : HostName();
        return new NodeOptions(
            NamePattern().IsMatch(name)
                ? name
                : throw new StartException($"'{Section}:{nameof(Name)}' has up to 63 of A-Z, a-z, 0-9, '.', '-', '_'."),
            (address ?? section[nameof(Address)]) is { Length: > 0 } text ? NodeAddress.Parse(text) : null,
            Time(section.GetSection(nameof(Lease)), TimeSpan.FromSeconds(5), s_leastLease),
            Time(section.GetSection(nameof(Hold)), TimeSpan.FromSeconds(8), TimeSpan.Zero),
            section[nameof(ShowNode)] is { Length: > 0 } flag
                && (bool.TryParse(flag, out var shows)
                    ? shows
                    : throw new StartException($"'{Section}:{nameof(ShowNode)}' is true or false, not '{flag}'.")));
    }

    private static string HostName() => OtherCharacters().Replace(Environment.MachineName, "-");

    private static TimeSpan Time(IConfigurationSection setting, TimeSpan otherwise, TimeSpan least) =>
        setting.Value switch
        {
            null or "" => otherwise,
            var text => DurationText.Parse(text) is { } time && time >= least && time <= TimeSpan.FromMinutes(10)
                ? time
                : throw new StartException(
                    $"'{setting.Path}' is a time from {least.TotalSeconds:0}s to 10m, such as 5s, not '{text}'."),
        };

    [GeneratedRegex("^[A-Za-z0-9._-]{1,63}$")]
    private static partial Regex NamePattern();

    [GeneratedRegex("[^A-Za-z0-9._-]")]
    private static partial Regex OtherCharacters();
}
