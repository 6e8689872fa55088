using System.Globalization;
using Rondo.Services.Hosting;
using Rondo.Services.Weather;

namespace Rondo.Services.Doctor;

/// <summary>What the kernel and the system give.</summary>
internal static class SystemCheckUp
{
    private const long LeastDescriptors = 1024;
    private const long EnoughDescriptors = 10_000;
    private const long EnoughWaiting = 1024;
    private const long EnoughWatches = 64;

    public static IEnumerable<Finding> Look(Patient patient)
    {
        if (OperatingSystem.IsLinux())
        {
            yield return Descriptors(patient);
            yield return Kernel(patient);
        }

        yield return TimeZones(patient);
    }

    // The runtime raises the soft limit to the hard one when it starts.
    private static Finding Descriptors(Patient patient)
    {
        var limits = Path.Combine(patient.System, "self", "limits");
        var line = File.Exists(limits)
            ? File.ReadLines(limits).FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal))
            : null;
        var hard = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2];
        if (hard is null or "unlimited" || !long.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out var most))
        {
            return Finding.Ok(FindingCodes.Descriptors, hard ?? "not known");
        }

        var text = $"{most}, enough for about {Math.Max(0, most - 200)} connections";
        return most < LeastDescriptors ? Finding.Fail(FindingCodes.Descriptors, text)
            : most < EnoughDescriptors ? Finding.Warn(FindingCodes.Descriptors, text)
            : Finding.Ok(FindingCodes.Descriptors, text);
    }

    private static Finding Kernel(Patient patient)
    {
        var transport = patient.Configuration["Transport"];
        var release = Path.Combine(patient.System, "sys/kernel/osrelease");
        var name = "Linux " + (File.Exists(release) ? File.ReadAllText(release).Trim() : "of an unknown release");
        if (patient.KernelNumber("sys/fs/epoll/max_user_watches") is not { } watched && transport is not "sockets")
        {
            return Finding.Fail(FindingCodes.Kernel, $"{name} has no epoll");
        }

        var low = new List<string>();
        Want("net.core.somaxconn", EnoughWaiting);
        Want("fs.inotify.max_user_instances", EnoughWatches);
        return low.Count > 0
            ? Finding.Warn(FindingCodes.Kernel, $"{name}, {string.Join(", ", low)}")
            : Finding.Ok(FindingCodes.Kernel, $"{name}, epoll, somaxconn {patient.KernelNumber("sys/net/core/somaxconn")}");

        void Want(string setting, long least)
        {
            if (patient.KernelNumber("sys/" + setting.Replace('.', '/')) is { } number && number < least)
            {
                low.Add($"{setting} is {number}, less than {least}");
            }
        }
    }

    private static Finding TimeZones(Patient patient)
    {
        try
        {
            var place = patient.Read<WeatherOptions>(WeatherOptions.Section).Place;
            var zone = place is not null && Gazetteer.Resolve(place) is { Place: { } found }
                ? found.ZoneName
                : "Europe/Berlin";
            var winter = TimeZoneInfo.FindSystemTimeZoneById(zone).BaseUtcOffset;
            return Finding.Ok(
                FindingCodes.TimeZones,
                $"{zone} is UTC{(winter < TimeSpan.Zero ? '-' : '+')}{winter:hh\\:mm}, "
                    + $"{TimeZoneInfo.GetSystemTimeZones().Count} zones known");
        }
        catch (Exception error) when (error is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            return Finding.Fail(FindingCodes.TimeZones, error.Message);
        }
        catch (StartException)
        {
            // That the settings are wrong is another finding.
            return Finding.Ok(FindingCodes.TimeZones, $"{TimeZoneInfo.GetSystemTimeZones().Count} zones known");
        }
    }
}
