namespace Rondo.Services.Hosting.Tls;

/// <summary>Puts TLS together: settings, certificates, the page on trust.</summary>
internal static class TlsService
{
    public static void AddTls(this IServiceCollection services)
    {
        services.AddSingleton<LiveOptions<TlsOptions>>(provider =>
            ActivatorUtilities.CreateInstance<LiveOptions<TlsOptions>>(provider, TlsOptions.Section));
        services.AddSingleton(provider => new ServerCertificates(
            provider.GetRequiredService<LiveOptions<TlsOptions>>(),
            provider.GetRequiredService<DataFolder>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ServerCertificates>>()));
        services.AddHostedService(provider => provider.GetRequiredService<ServerCertificates>());
    }
}
