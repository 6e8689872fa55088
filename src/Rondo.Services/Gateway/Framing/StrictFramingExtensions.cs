using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Gateway.Framing;

/// <summary>
/// Puts the boundary check in front of the server: a request whose end two readers could see in different places is
/// refused, so that no proxy before us and no service behind us takes a part of it for a request of its own.
/// </summary>
/// <threadsafety>As the builders.</threadsafety>
internal static class StrictFramingExtensions
{
    /// <summary>
    /// Checks the connections of an endpoint. What is added before runs before: TLS must be, or the check sees
    /// ciphertext and refuses it.
    /// </summary>
    public static void UseStrictFraming(this ListenOptions endpoint)
    {
        var logger = endpoint.ApplicationServices.GetRequiredService<ILoggerFactory>()
            .CreateLogger(typeof(StrictFramingExtensions).Namespace!);
        endpoint.Use(next => async connection =>
        {
            var reader = new StrictFramingReader(connection, logger);
            var heartbeat = connection.Features.Get<IConnectionHeartbeatFeature>() is { } beats
                ? new RequestHeartbeat(beats)
                : null;
            connection.Transport = reader;
            connection.Features.Set(reader);
            connection.Features.Set<IUpgradedConnection>(reader);
            connection.Features.Set<IConnectionHeartbeatFeature>(heartbeat);
            await next(connection);
            heartbeat?.Stop();
            await reader.ContinueAsync();
        });
    }

    /// <summary>
    /// Tells the check of accepted upgrades; without this, what comes behind one is judged as requests. First in the
    /// pipeline.
    /// </summary>
    public static void UseStrictFraming(this IApplicationBuilder app) => app.Use(next => context =>
    {
        if (context.Request.Headers.Upgrade.Count > 0
            && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade
            && context.Features.Get<StrictFramingReader>() is { } reader)
        {
            context.Features.Set<IHttpUpgradeFeature>(new StrictUpgradeFeature(upgrade, reader));
        }

        return next(context);
    });
}
