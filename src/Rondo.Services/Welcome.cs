using System.Globalization;
using Rondo.Services.Auth;
using Rondo.Services.Chat;
using Rondo.Services.Currency;
using Rondo.Services.Gateway;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Pages;
using Rondo.Services.Hosting.Tls;
using Rondo.Services.Nodes;
using Rondo.Services.Registry.Joining;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Supervision;
using Rondo.Services.Weather;

namespace Rondo.Services;

/// <summary>
/// What a server prints when it is up: where it is, the admin key on the first start, and what to try.
/// </summary>
internal static class Welcome
{
    private const string Prefix = "  curl ";

    /// <param name="app">The server, which listens.</param>
    /// <param name="service">The one that it runs; null for all.</param>
    /// <param name="output">Where to.</param>
    /// <param name="isTerminal">Whether that is a terminal.</param>
    public static async Task WriteAsync(
        WebApplication app, string? service, TextWriter output, bool isTerminal = false)
    {
        var services = app.Services;
        var address = Typed(app.Addresses()[0]);
        var alone = service is null ? "" : $" {service} alone";
        await output.WriteLineAsync(
            $"Rondo {RondoServer.Version}{alone} listens on {string.Join(", ", app.Addresses())}");
        var transport = services.GetRequiredService<TransportChoice>();
        await output.WriteLineAsync($"  on     {transport.Name}, {transport.Reason}");
        await output.WriteLineAsync($"  data   {services.GetRequiredService<DataFolder>().Path}");
        if (services.GetService<PostgresAddress>() is { } database)
        {
            await output.WriteLineAsync($"  events in the database {database.Name}");
        }

        await DescribeNodeAsync(services, output);
        if (services.GetService<ServerCertificates>() is { } certificates)
        {
            await DescribeTlsAsync(certificates, app.Addresses(), output, isTerminal);
        }

        await DescribeAsync(services, address, output);
        await ShowKeysAsync(services, output);
        string[] paths = service is null
            ? ["/convert/GBP/100", "/forecast", "'/v1/latest?symbols=USD,CHF", "/currency/status"]
            : service == GatewayService.Name ? ["/readyz"]
            : [.. ServiceTable.Choose(service).Select(r => r.PublicPath)];
        await output.WriteLineAsync("\nTry");
        foreach (var path in paths)
        {
            var url = path[0] == '\'' ? $"'{address}{path[1..]}'" : address + path;
            await output.WriteLineAsync(Curl(services) + url);
        }

        await output.FlushAsync();
    }

    /// <summary>What a node says that begins as a follower.</summary>
    /// <param name="app">The follower's server, which listens.</param>
    /// <param name="output">Where to.</param>
    public static async Task WriteFollowerAsync(WebApplication app, TextWriter output)
    {
        var services = app.Services;
        var address = Typed(app.Addresses()[0]);
        await output.WriteLineAsync(
            $"Rondo {RondoServer.Version} listens on {string.Join(", ", app.Addresses())}");
        await output.WriteLineAsync($"  data   {services.GetRequiredService<DataFolder>().Path}");
        await DescribeNodeAsync(services, output);
        await output.WriteLineAsync("\nTry");
        foreach (var path in (string[])[NodeEndpoints.Path, "/readyz", "/convert/GBP/100"])
        {
            await output.WriteLineAsync(Curl(services) + address + path);
        }

        await output.FlushAsync();
    }

    private static async Task DescribeNodeAsync(IServiceProvider services, TextWriter output)
    {
        if (services.GetService<NodeState>() is not { } state)
        {
            return;
        }

        var note = services.GetRequiredService<NodeNotes>().Leader;
        await output.WriteLineAsync($"  node   {state.Name}, which others reach at {Text(state.Address)}");
        var term = note is { Since: { } since } && note.Holder == (state.Leader?.Holder ?? state.Holder)
            ? string.Create(CultureInfo.InvariantCulture, $" since {since:yyyy-MM-ddTHH:mm:ssZ}, term {note.Term}")
            : "";
        await output.WriteLineAsync(
            state.Role is NodeRole.Leader ? $"         leads{term}"
            : state.Leader is { } leader
                ? $"         follows {leader.Name} at {Text(leader.Address)}, which leads{term}"
            : "         follows; nobody leads yet");
    }

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);

    // "Every interface" is no address to go to.
    private static string Typed(string listening) => listening.Replace("//0.0.0.0:", "//localhost:")
        .Replace("//[::]:", "//localhost:");

    private static string Curl(IServiceProvider services) =>
        services.GetService<ServerCertificates>()?.Authority is { } authority
            ? $"{Prefix}--cacert {authority.PublicPath} "
            : Prefix;

    private static async Task DescribeTlsAsync(
        ServerCertificates certificates, IReadOnlyList<string> listening, TextWriter output, bool isTerminal)
    {
        var host = certificates.Look().Reached(listening, Uri.UriSchemeHttps);
        if (host is not null)
        {
            await output.WriteLineAsync($"  in the network  https://{host}");
        }

        if (certificates.Authority is not { } authority)
        {
            return;
        }

        host ??= new Uri(Typed(listening.First(l => l.StartsWith("https", StringComparison.Ordinal)))).Authority;
        var trust = $"http://{host}{TrustEndpoints.Path}";
        await output.WriteLineAsync($"  trust  {trust}, once on each device");
        await output.WriteLineAsync($"         SHA-256 {authority.Fingerprint}");
        if (isTerminal)
        {
            var hasColor = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
            await output.WriteAsync(QrCode.Blocks(trust, hasColor));
        }
    }

    private static async Task DescribeAsync(IServiceProvider services, string address, TextWriter output)
    {
        if (services.GetService<RateBook>()?.Current is { } rates)
        {
            var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"  rates  {rates.LatestSource} of {rates.LatestDate}"
                    + $"{(rates.IsStale(now) ? $", stale: {rates.Age(now).TotalDays:0} days old" : "")}"
                    + $", {rates.Table.Dates.Length} days held"));
        }

        if (services.GetService<PlaceBook>() is { } places)
        {
            await output.WriteLineAsync($"  weather of {places.Default.Name}"
                + (places.IsFixture ? ", invented: Weather:Place is not set" : places.AsksServers ? "" : ", offline"));
        }

        if (services.GetService<RoomDirectory>() is not null)
        {
            await output.WriteLineAsync($"  chat   {address}/chat");
        }

        if (services.GetService<ServiceSupervisor>() is { } supervisor)
        {
            var names = string.Join(", ", supervisor.Children.Select(c => c.Name));
            await output.WriteLineAsync($"  split  {names} in processes of their own: {address}/supervision");
            await output.WriteLineAsync($"  chat   {address}/chat");
        }

        if (services.GetService<FollowedRegistry>() is not null)
        {
            await output.WriteLineAsync(
                $"  finds services in {services.GetRequiredService<RegistryLink>().Url}");
        }

        if (services.GetService<SelfRegistration>() is { } registration)
        {
            await output.WriteLineAsync(
                $"  registers as {registration.Id} with {services.GetRequiredService<RegistryLink>().Url}");
        }
    }

    private static async Task ShowKeysAsync(IServiceProvider services, TextWriter output)
    {
        if (services.GetService<KeyStore>() is not { } keys)
        {
            await output.WriteLineAsync("  keys   of the auth service that the registry knows");
            return;
        }

        var keyFile = services.GetRequiredService<AdminKeyFile>();
        if (keyFile.Path is not null && keyFile.WriteIfNone(keys))
        {
            await output.WriteLineAsync($"  admin key, in {keyFile.Path}");
        }
        else if (keys.CreateAdminKeyIfNone() is { } key)
        {
            await output.WriteLineAsync($"  admin key, shown only this once: {key.Text}");
        }

        if (services.GetRequiredService<DemoKey>().Entry is not null)
        {
            await output.WriteLineAsync(
                $"  DEMO   the key '{DemoKey.Text}', which everybody knows, is accepted on this machine");
        }
    }
}
