using System.Net;
using System.Text.Json.Nodes;
using Rondo.Services.Backup;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Backup;

/// <summary>A place with something in every room, its archive made beside the running server, and what it answered.</summary>
public sealed class FilledPlace : IAsyncLifetime
{
    private static readonly string[] Settings =
    [
        "/chat/rooms/desk/messages", "/currency/overrides", "/convert/GBP/100", "/noise/rooms/hall", "/auth/keys",
        "/chat/rooms/desk/hooks", "/weather/places", "/gateway/routes",
    ];

    private readonly TestFolder _archive = new();

    public string Archive => Path.Combine(_archive.Path, "place.zip");

    /// <summary>The data folder that the archive was made of; its server has ended.</summary>
    internal TestFolder Data { get; } = new();

    public string Admin { get; private set; } = "";

    /// <summary>A key that was made by the admin.</summary>
    public string Reader { get; private set; } = "";

    /// <summary>Behind the last message of the room, in the epoch of then.</summary>
    public string Cursor { get; private set; } = "";

    /// <summary>By path.</summary>
    internal Dictionary<string, string> Answers { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        await using var server = await StartAsync(Data, """{"Chat":{"PrivateWebhooks":true}}""");
        Admin = server.CreateAdminKey();
        Reader = (await server.CreateAsync(Admin, new { name = "reader", scopes = new[] { "noise:read" } })).Text();
        await DoAsync(server, "PUT", "/chat/rooms/desk", """{"topic":"The desk"}""");
        await DoAsync(server, "PUT", "/chat/rooms/desk/webhooks/mine", """{"url":"http://127.0.0.1:9/in"}""");
        await DoAsync(server, "PUT", "/chat/rooms/desk/hooks/bell", null);
        for (var i = 0; i < 8; i++)
        {
            await DoAsync(server, "POST", "/chat/rooms/desk/messages", $$"""{"text":"message {{i}} äöü 😀"}""");
        }

        await DoAsync(server, "PUT", "/currency/overrides/GBP", """{"rate":"0.9","from":"2026-11-01"}""");
        await DoAsync(server, "PUT", "/noise/rooms/hall", """{"name":"The hall"}""");
        Answers = await AnswersAsync(server);
        Cursor = JsonNode.Parse(Answers["/chat/rooms/desk/messages"])!["next"]!.GetValue<string>();
        using var said = new StringWriter();
        var options = new BackupOptions { File = Archive, DataFolder = Data.Path };
        Assert.True(await BackupTool.BackupAsync(options, said, said) == ExitCode.Ok, said.ToString());
    }

    public ValueTask DisposeAsync()
    {
        Data.Dispose();
        _archive.Dispose();
        return default;
    }

    internal static Task<TestServer> StartAsync(TestFolder folder, string? settings = null) =>
        TestServer.StartAsync(time: new ManualTime(TestServer.Friday), settings: settings, folder: folder);

    /// <summary>What the rooms say to the admin, without what tells one moment from another.</summary>
    internal async Task<Dictionary<string, string>> AnswersAsync(TestServer server)
    {
        var answers = new Dictionary<string, string>();
        foreach (var path in Settings)
        {
            var (response, body) = await server.GetAsync(path, Keys.Bearer(Admin));
            Assert.True(response.StatusCode is HttpStatusCode.OK, $"{path}: {body}");
            answers.Add(path, body);
        }

        return answers;
    }

    private async Task DoAsync(TestServer server, string method, string path, string? body)
    {
        using var content = body is null ? null : new StringContent(body, null, "application/json");
        var (response, answer) = await server.SendAsync(method, path, content, Keys.Bearer(Admin));
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {answer}");
    }
}
