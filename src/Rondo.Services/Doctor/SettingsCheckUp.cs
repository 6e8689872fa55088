using Rondo.Services.Auth;
using Rondo.Services.Chat;
using Rondo.Services.Currency;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Tls;
using Rondo.Services.Noise;
using Rondo.Services.Registry;
using Rondo.Services.Weather;

namespace Rondo.Services.Doctor;

/// <summary>Whether a server could read its settings.</summary>
internal static class SettingsCheckUp
{
    public static Finding Look(Patient patient, string? mistake)
    {
        if (mistake is not null)
        {
            return Finding.Fail(FindingCodes.Settings, mistake);
        }

        try
        {
            patient.Read<AuthOptions>(AuthOptions.Section);
            patient.Read<ChatOptions>(ChatOptions.Section);
            patient.Read<CurrencyOptions>(CurrencyOptions.Section);
            patient.Read<NoiseOptions>(NoiseOptions.Section);
            patient.Read<RegistryOptions>(RegistryOptions.Section);
            patient.Read<TlsOptions>(TlsOptions.Section);
            patient.Read<WeatherOptions>(WeatherOptions.Section);
            return Finding.Ok(
                FindingCodes.Settings,
                File.Exists(Path.Combine(patient.Folder, "appsettings.json")) ? "appsettings.json can be read" : "none");
        }
        catch (StartException error)
        {
            return Finding.Fail(FindingCodes.Settings, error.Message.ReplaceLineEndings(" "));
        }
    }
}
