using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Rondo.Services.Hosting;

/// <summary>
/// Sends metrics and traces by OTLP over HTTP when <c>Telemetry:OtlpEndpoint</c> names a collector, and does nothing
/// otherwise.
/// </summary>
internal sealed class Telemetry(IConfiguration configuration) : IHostedService, IDisposable
{
    private readonly List<IDisposable> _providers = [];

    /// <summary>The collector's address, or null. Each signal's path is added by us.</summary>
    /// <exception cref="StartException">The setting is no absolute HTTP address.</exception>
    public static Uri? Endpoint(IConfiguration configuration)
    {
        var endpoint = configuration["Telemetry:OtlpEndpoint"];
        if (string.IsNullOrEmpty(endpoint))
        {
            return null;
        }

        return Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new StartException($"Telemetry:OtlpEndpoint '{endpoint}' is no http or https address.");
    }

    private static TimeSpan Interval(IConfiguration configuration) => configuration["Telemetry:IntervalSeconds"] switch
    {
        null or "" => TimeSpan.FromSeconds(30),
        var text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds is > 0 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw new StartException($"Telemetry:IntervalSeconds is a number from 1 to 3600, not '{text}'."),
    };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Endpoint(configuration) is { } endpoint)
        {
            Export(endpoint);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _providers.ForEach(p => p.Dispose());
        _providers.Clear();
    }

    // A method of its own, so that the exporter's assemblies are loaded only when they are used.
    private void Export(Uri endpoint)
    {
        var resource = ResourceBuilder.CreateDefault().AddService("rondo");
        _providers.Add(Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter("Rondo.*", "Microsoft.AspNetCore.*", "System.Net.Http", "System.Runtime")
            .AddOtlpExporter((otlp, reader) =>
            {
                Configure(otlp, endpoint, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds =
                    (int)Interval(configuration).TotalMilliseconds;
            })
            .Build());
        _providers.Add(Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource("Microsoft.AspNetCore", "System.Net.Http")
            .AddOtlpExporter(otlp => Configure(otlp, endpoint, "v1/traces"))
            .Build());
    }

    private static void Configure(OtlpExporterOptions otlp, Uri endpoint, string signal)
    {
        otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
        otlp.Endpoint = new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/" + signal);
    }
}
