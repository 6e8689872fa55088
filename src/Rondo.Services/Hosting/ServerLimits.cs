using System.Globalization;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Rondo.Services.Hosting;

/// <summary>
/// Section <c>Server</c> of the configuration: how long and how much a client may keep the server busy. Read at the
/// start; the server takes no others while it runs.
/// </summary>
/// <param name="Connections">
/// Connections at once, and beside them as many that speak another protocol after an upgrade. One more is closed
/// without an answer. From 1; default 20,000.
/// </param>
/// <param name="HeadTime">How long the head of a request may take, from its first byte. Default 30 s.</param>
/// <param name="BodyRate">Bytes a second that a body must come with on average. Default 240; 0 for none.</param>
/// <param name="BodyGrace">How long a body may be slower than that at its begin. From 2 s; default 5 s.</param>
internal sealed record ServerLimits(int Connections, TimeSpan HeadTime, int BodyRate, TimeSpan BodyGrace)
{
    public const string Section = "Server";

    // The server looks at its timers once a second, and takes no grace that is not longer.
    private static readonly TimeSpan s_leastGrace = TimeSpan.FromSeconds(2);

    /// <summary>What the configuration says.</summary>
    /// <exception cref="StartException">Something in the section cannot be understood.</exception>
    public static ServerLimits Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        string[] known = [nameof(Connections), nameof(HeadTime), nameof(BodyRate), nameof(BodyGrace)];
        foreach (var setting in section.GetChildren())
        {
            if (!known.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
            {
                throw new StartException(
                    $"There is no setting '{setting.Path}'; there are {string.Join(", ", known)}.");
            }
        }

        return new ServerLimits(
            Number(section.GetSection(nameof(Connections)), 20_000, least: 1),
            Time(section.GetSection(nameof(HeadTime)), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1)),
            Number(section.GetSection(nameof(BodyRate)), 240, least: 0),
            Time(section.GetSection(nameof(BodyGrace)), TimeSpan.FromSeconds(5), s_leastGrace));
    }

    public void ApplyTo(KestrelServerLimits limits)
    {
        limits.MaxConcurrentConnections = Connections;
        limits.MaxConcurrentUpgradedConnections = Connections;
        limits.RequestHeadersTimeout = HeadTime;
        limits.MinRequestBodyDataRate = BodyRate == 0 ? null : new MinDataRate(BodyRate, BodyGrace);
    }

    private static int Number(IConfigurationSection setting, int otherwise, int least) => setting.Value switch
    {
        null or "" => otherwise,
        var text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
                ? number
                : throw new StartException($"'{setting.Path}' is a number from {least}, not '{text}'."),
    };

    private static TimeSpan Time(IConfigurationSection setting, TimeSpan otherwise, TimeSpan least) =>
        setting.Value switch
        {
            null or "" => otherwise,
            var text => DurationText.Parse(text) is { } time && time >= least
                ? time
                : throw new StartException(
                    $"'{setting.Path}' is a time from {least.TotalSeconds:0}s, such as 30s, not '{text}'."),
        };
}
