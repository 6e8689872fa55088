using Rondo.Services.Auth;
using Rondo.Services.Chat;
using Rondo.Services.Chat.Page;
using Rondo.Services.Currency;
using Rondo.Services.Noise;
using Rondo.Services.Registry;
using Rondo.Services.Weather;

namespace Rondo.Services;

/// <summary>What services are told when they are put together.</summary>
/// <param name="IsOffline">Whether to ask no server for anything.</param>
/// <param name="IsDemo">Whether the talks' key and fixtures count.</param>
/// <param name="RatesFile">The only file of rates to use; null for the usual sources.</param>
internal sealed record ServiceSetup(bool IsOffline, bool IsDemo, string? RatesFile);

/// <summary>One service that a process can run, alone or with others.</summary>
/// <param name="Name">By which it is chosen, registered and found.</param>
/// <param name="Add">Adds its parts.</param>
/// <param name="Map">Maps its routes.</param>
/// <param name="PublicPath">What can be read without a key, to try it.</param>
/// <param name="HasPages">Whether it has pages, which need the style sheets.</param>
/// <param name="Routes">The paths that it answers, for a gateway.</param>
internal sealed record ServiceRow(
    string Name,
    Action<IServiceCollection, ServiceSetup> Add,
    Action<IEndpointRouteBuilder, ServiceSetup> Map,
    string PublicPath,
    bool HasPages,
    params string[] Routes);

/// <summary>The services there are: <c>rondo up</c> runs all of them, <c>rondo serve NAME</c> one.</summary>
internal static class ServiceTable
{
    public static IReadOnlyList<ServiceRow> Rows { get; } =
    [
        new(
            AuthService.Name,
            (services, _) => services.AddAuth(),
            (routes, setup) => routes.MapAuth(setup.IsDemo),
            "/auth/.well-known/jwks.json",
            HasPages: true,
            "/auth/**", "/login", "/logout", "/workshop/auth"),
        new(
            ChatService.Name,
            (services, _) =>
            {
                services.AddChat();
                services.AddChatPage();
            },
            (routes, _) =>
            {
                routes.MapChat();
                routes.MapChatPage();
            },
            "/chat/status",
            HasPages: true,
            "/chat/**", "/chatsocket", "/a/message/**"),
        new(
            CurrencyService.Name,
            (services, setup) => services.AddCurrency(new CurrencySetup(setup.IsOffline, setup.RatesFile)),
            (routes, _) => routes.MapCurrency(),
            "/currency/status",
            HasPages: false,
            "/convert/**", "/currency/**", "/v1/**", "/v2/**"),
        new(
            NoiseService.Name,
            (services, setup) => services.AddNoise(setup.IsDemo),
            (routes, setup) => routes.MapNoise(setup.IsDemo),
            "/noise/rooms",
            HasPages: true,
            "/noise/**", "/websocket", "/broadcast"),
        new(
            RegistryService.Name,
            (services, _) => services.AddRegistry(),
            (routes, _) => routes.MapRegistry(),
            "/registry/status",
            HasPages: false,
            "/registry/**", "/v1/agent/**", "/v1/catalog/**", "/v1/health/**"),
        new(
            WeatherService.Name,
            (services, setup) => services.AddWeather(new WeatherSetup(setup.IsOffline, IsFixture: setup.IsDemo)),
            (routes, _) => routes.MapWeather(),
            "/forecast",
            HasPages: true,
            "/forecast", "/today", "/tomorrow", "/weather/**", "/workshop/weather/**"),
    ];

    /// <summary>What a service has that needs no key; of somebody else's, where it is.</summary>
    public static string PathOf(string service) =>
        Rows.FirstOrDefault(r => r.Name == service)?.PublicPath ?? $"/registry/services/{service}";

    /// <summary>The chosen one, or all when none is chosen.</summary>
    public static IReadOnlyList<ServiceRow> Choose(string? name) =>
        name is null ? Rows : [.. Rows.Where(r => r.Name == name)];

    /// <summary>Those that can run in processes of their own, behind one that has the others.</summary>
    public static IReadOnlyList<ServiceRow> Apart { get; } =
        [.. Rows.Where(r => r.Name is not (AuthService.Name or RegistryService.Name))];
}
