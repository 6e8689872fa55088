using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Tls;
using Rondo.Services.Streams.Postgres;

namespace Rondo.Services.Doctor;

/// <summary>Looks at everything, once, and changes nothing.</summary>
internal static class CheckUp
{
    private const string DefaultUrls = "http://127.0.0.1:8080";
    private const string DefaultTlsUrls = "https://0.0.0.0:8443";

    public static async Task<IReadOnlyList<Finding>> RunAsync(
        DoctorOptions options, TimeProvider time, string system = "/proc")
    {
        var (began, stamp) = (time.GetUtcNow(), time.GetTimestamp());
        var folder = DataFolder.Resolve(options.DataFolder);
        using var configuration = new ConfigurationManager();
        using var file = Directory.Exists(folder) ? new SettingsFile(folder) : null;
        file?.AddTo(configuration);
        ((IConfigurationBuilder)configuration).AddEnvironmentVariables("RONDO_");
        var isTls = configuration[$"{TlsOptions.Section}:{nameof(TlsOptions.Enabled)}"]?.ToLowerInvariant() is "true" or "1";
        var patient = new Patient(
            folder, configuration, options.Urls ?? configuration["urls"] ?? (isTls ? DefaultTlsUrls : DefaultUrls),
            options.Offline || configuration["Offline"]?.ToLowerInvariant() is "true" or "1",
            PostgresAddress.Find(options.DatabaseFile), time, system);

        var found = new List<Finding> { SettingsCheckUp.Look(patient, file?.Mistake) };
        found.AddRange(FolderCheckUp.Look(patient));
        found.AddRange(StoreCheckUp.Look(patient));
        found.AddRange(NetworkCheckUp.Look(patient));
        found.AddRange(SystemCheckUp.Look(patient));
        found.AddRange(CertificateCheckUp.Look(patient));
        var (sources, clocks) = await SourceCheckUp.LookAsync(patient);
        found.AddRange(sources);
        if (patient.Address is { } address)
        {
            var (findings, now) = await ClusterCheckUp.LookAsync(address);
            found.AddRange(findings);
            if (now is { } said)
            {
                clocks.Add(($"the database {address.Name}", said, time.GetUtcNow()));
            }
        }

        found.Add(ClockCheckUp.Look(patient, clocks));
        found.Add(ClockCheckUp.Steps(time, began, stamp));
        var order = FindingCodes.All.Select(c => c.Code).ToList();
        return [.. found.OrderBy(f => order.IndexOf(f.Code))];
    }
}
