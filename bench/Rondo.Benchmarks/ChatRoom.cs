using System.Net.WebSockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Rondo.Benchmarks;

/// <summary>What anybody would write first: one room on stock Kestrel, each text to everybody.</summary>
internal static class ChatRoom
{
    public static async Task RunAsync(string port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:" + port);
        var app = builder.Build();
        app.UseWebSockets();
        var (members, turn) = (new HashSet<WebSocket>(), new SemaphoreSlim(1));
        app.Run(async context =>
        {
            using var member = await context.WebSockets.AcceptWebSocketAsync();
            await WithTurnAsync(() => members.Add(member));
            try
            {
                await ReceiveAsync(member);
            }
            catch (WebSocketException)
            {
                // It has gone.
            }

            await WithTurnAsync(() => members.Remove(member));
        });
        await app.RunAsync();

        async Task ReceiveAsync(WebSocket member)
        {
            var text = new byte[4096];
            while (true)
            {
                // Nothing is held for a member that says nothing.
                await member.ReceiveAsync(Memory<byte>.Empty, default);
                if (await member.ReceiveAsync(text.AsMemory(), default) is not
                    { MessageType: WebSocketMessageType.Text } part)
                {
                    return;
                }

                await turn.WaitAsync();
                foreach (var other in members.Where(m => m.State == WebSocketState.Open))
                {
                    await other.SendAsync(text.AsMemory(0, part.Count), WebSocketMessageType.Text, true, default);
                }

                turn.Release();
            }
        }

        async Task WithTurnAsync(Action change)
        {
            await turn.WaitAsync();
            change();
            turn.Release();
        }
    }
}
