using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Rondo.Transport.Kestrel;

/// <summary>Puts <see cref="BlockingMiddleware"/> before the application's own.</summary>
internal sealed class BlockingStartupFilter(BlockingEndpoints blocking) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(following => new BlockingMiddleware(following, blocking).InvokeAsync);
        next(app);
    };
}
