#:sdk Microsoft.NET.Sdk.Web
#:project ../src/Rondo.Transport
// The talk's chat for browsers without WebSockets. A client asks for what is newer than its last message; when there is
// nothing, the answer waits until there is. All messages live on one event loop, so nothing is locked. Ann and Bob
// talk, then it stops.
//
// > Bob reads: Hello, Bob
// > Ann reads: Hello, Bob
// > Ann reads: Hello, <b>Ann</b>
// > Bob reads: Hello, <b>Ann</b>
// > as HTML: Hello, &lt;b&gt;Ann&lt;/b&gt;
// > all of it: 2 messages

using System.Net;
using System.Net.Http.Json;
using Rondo.Runtime;
using Rondo.Transport.Kestrel;

EventLoop.Run(async () =>
{
    var messages = new MessageBuffer(EventLoop.Running!);
    var builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    builder.WebHost.UseEventLoop();
    var app = builder.Build();
    app.MapPost("/a/message/new", async (HttpRequest request) =>
        Results.Json(await messages.AddAsync((await request.ReadFormAsync())["body"]!)));
    app.MapPost("/a/message/updates", async (HttpRequest request) =>
        Results.Json(new { messages = await messages.AfterAsync((await request.ReadFormAsync())["cursor"]) }));
    app.Urls.Add("http://127.0.0.1:0");
    await app.StartAsync();

    using (var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) })
    {
        var bobWaits = UpdatesAsync(client, cursor: null);
        var hello = await SayAsync(client, "Hello, Bob");
        Print("Bob", await bobWaits);
        Print("Ann", await UpdatesAsync(client, cursor: null));

        // Ann waits for what is newer than her own message.
        var annWaits = UpdatesAsync(client, hello.Id);
        await SayAsync(client, "Hello, <b>Ann</b>");
        Print("Ann", await annWaits);
        var last = await UpdatesAsync(client, hello.Id);
        Print("Bob", last);
        Console.WriteLine($"as HTML: {last[0].Html.Split('>', 2)[1].Replace("</div>\n", "")}");
        Console.WriteLine($"all of it: {(await UpdatesAsync(client, "unknown")).Count} messages");
    }

    await app.StopAsync();
});

static void Print(string who, List<Message> read) => read.ForEach(m => Console.WriteLine($"{who} reads: {m.Body}"));

static async Task<Message> SayAsync(HttpClient client, string body)
{
    var answer = await client.PostAsync("/a/message/new", new FormUrlEncodedContent([new("body", body)]));
    return (await answer.Content.ReadFromJsonAsync<Message>())!;
}

static async Task<List<Message>> UpdatesAsync(HttpClient client, string? cursor)
{
    var answer = await client.PostAsync("/a/message/updates", new FormUrlEncodedContent([new("cursor", cursor ?? "")]));
    return (await answer.Content.ReadFromJsonAsync<Updates>())!.Messages;
}

internal sealed record Message(string Id, string Body, string Html);

internal sealed record Updates(List<Message> Messages);

/// <summary>The newest messages, and who waits for the next. Its loop's alone.</summary>
internal sealed class MessageBuffer(EventLoop loop)
{
    private const int Most = 200;

    private readonly List<Message> _messages = [];
    private TaskCompletionSource _next = new();

    public async Task<Message> AddAsync(string body)
    {
        await loop.SwitchTo();
        var id = Guid.NewGuid().ToString();
        var text = WebUtility.HtmlEncode(body);
        var message = new Message(id, body, $"<div class=\"message\" id=\"m{id}\">{text}</div>\n");
        _messages.Add(message);
        _messages.RemoveRange(0, Math.Max(0, _messages.Count - Most));
        var waiting = _next;
        _next = new TaskCompletionSource();
        waiting.SetResult();
        return message;
    }

    public async Task<List<Message>> AfterAsync(string? cursor)
    {
        await loop.SwitchTo();
        while (true)
        {
            // An unknown cursor, -1, gives all there is: a client that was away too long starts anew.
            var newer = _messages[(_messages.FindIndex(m => m.Id == cursor) + 1)..];
            if (newer.Count > 0)
            {
                return newer;
            }

            await _next.Task;
        }
    }
}
