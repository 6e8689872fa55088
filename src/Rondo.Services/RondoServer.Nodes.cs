using System.Text;
using Rondo.Services.Gateway.Framing;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Pages;
using Rondo.Services.Hosting.Tls;
using Rondo.Services.Nodes;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.WebSockets;

namespace Rondo.Services;

/// <content>A process that shares its database with others: one of them leads, and is a server as any other.</content>
public static partial class RondoServer
{
    /// <summary>Where and as what a server of a node runs.</summary>
    /// <param name="Folder">The data folder, which outlives the server.</param>
    /// <param name="Parts">What the node's servers share.</param>
    /// <param name="Door">Watches its addresses.</param>
    /// <param name="Database">What it shares with others; null for what the options name.</param>
    /// <param name="Fence">Checks all that it writes.</param>
    internal sealed record NodeServer(
        DataFolder Folder, NodeParts Parts, ServerDoor Door, PostgresAddress? Database = null,
        LeaderFence? Fence = null);

    /// <summary>Puts the server together that sends everything on to who leads.</summary>
    /// <param name="options">What the command line says.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="door">Watches its addresses.</param>
    /// <param name="makeParts">Makes what the node's servers share, of the settings.</param>
    /// <exception cref="StartException">The configuration cannot be used.</exception>
    internal static WebApplication BuildFollower(
        ServerOptions options, DataFolder folder, ServerDoor door, Func<IConfiguration, NodeParts> makeParts)
    {
        var file = new SettingsFile(folder.Path);
        try
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "rondo" });
            Configure(builder, options, file);
            builder.Services.AddSingleton(folder);
            builder.Services.AddSingleton(_ => file);
            AddPlatform(builder, options);
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                // Bytes of fields go on as they came.
                kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
                kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
            });
            builder.Services.AddNode(makeParts(builder.Configuration), door);
            builder.Services.AddFollower();
            var app = builder.Build();
            MapFollower(app);
            return app;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void MapFollower(WebApplication app)
    {
        app.UseStrictFraming();
        app.Use(next => context => ConnectUpgrade.ShowAsync(context, next));
        app.Use(next => context =>
        {
            // As the leader takes it from us.
            context.TraceIdentifier = context.TraceIdentifier.Replace(':', '-');
            return next(context);
        });
        app.UseMiddleware<ProblemMiddleware>();
        if (app.Services.GetService<ServerCertificates>() is not null)
        {
            // What makes a device trust this node is this node's.
            app.UseMiddleware<PlainHttpMiddleware>();
            app.MapTrust();
            app.MapAssets();
            app.UseRouting();
            app.UseWhen(
                context => context.GetEndpoint() is null || !IsOfTrust(context), follower => follower.UseFollower());
        }
        else
        {
            app.UseFollower();
        }
    }

    private static bool IsOfTrust(HttpContext context) =>
        context.Features.Get<PlainHttp>() is not null
        || context.Request.Path.StartsWithSegments(TrustEndpoints.Path);

    private static async Task RunNodeAsync(ServerOptions options, PostgresAddress database, TextWriter output)
    {
        await using var process = new NodeProcess(options, database, output);
        await process.RunAsync();
    }
}
