using System.Text.Json.Nodes;
using Rondo.Services.Backup;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;
using Rondo.Services.Weather;

namespace Rondo.Services.Tests.Upgrade;

/// <summary>
/// Real folders of older versions, opened by this one: Upgrade/Folders/README.md says how they were made, and with what.
/// </summary>
public sealed class UpgradeTests : IDisposable
{
    private const string FirstChatKey = "ak_vzIVaM5y_gS2yGRcy2goFNM9WMsI3yRFzF3FtxQD09BEj0agQfnZ0PzrTw";
    private const string BeforeNoiseKey = "ak_iQlGYRlp_limTy4RfrHA8YEnGx9pfKa2WDyMRWdsbFXhbseLrn382JV1p0";
    private const string BeforeNoiseReader = "ak_Yk0ZTVrZ_HfY6Y3O7748lSmKOIIMJd3YTzpLISqgizqjRHdpMqRI3PMzNb";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("first-chat", FirstChatKey, "chat")]
    [InlineData("before-noise", BeforeNoiseKey, "before-noise")]
    public async Task Folder_OfAnOlderVersion_HasEverythingAndGoesOn(string name, string key, string said)
    {
        await OlderFolder.UnpackAsync(name, _folder);
        await using (var server = await TestServer.StartAsync(folder: _folder))
        {
            await AssertThereAsync(server, key, said);
            using var content = new StringContent("""{"text":"and today"}""", null, "application/json");
            var (posted, body) = await server.SendAsync("POST", "/chat/rooms/lobby/messages", content, Keys.Bearer(key));
            Assert.True(posted.IsSuccessStatusCode, body);
        }

        // And once more: what was brought up to date stays so.
        await using var again = await TestServer.StartAsync(folder: _folder);
        await AssertThereAsync(again, key, said, "and today");
        Assert.Equal("201 -", await again.VerdictAsync("PUT", "/noise/rooms/hall", "{}", Keys.Bearer(key)));
        var (_, audit) = await again.GetAsync("/auth/audit/verify", Keys.Bearer(key));
        Assert.True(JsonNode.Parse(audit)!["intact"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Folder_BeforeNoise_KeepsItsOtherKeysAndPlaces()
    {
        await OlderFolder.UnpackAsync("before-noise", _folder);
        await using var server = await TestServer.StartAsync(folder: _folder);

        Assert.Equal("200 -", await server.VerdictAsync("GET", "/metrics", null, Keys.Bearer(BeforeNoiseReader)));
        var place = Assert.Single(new WeatherStore(server.Services.GetRequiredService<Database>()).LoadPlaces());
        Assert.Equal(("hut", "The hut"), (place.Id, place.Name));
    }

    [Fact]
    public async Task Folder_OfAnOlderVersion_IsBackedUpAndRestored()
    {
        await OlderFolder.UnpackAsync("before-noise", _folder);
        using var restored = new TestFolder();
        using var archive = new TestFolder();
        using var output = new StringWriter();
        var file = Path.Combine(archive.Path, "older.zip");

        var written = await BackupTool.BackupAsync(
            new BackupOptions { File = file, DataFolder = _folder.Path }, output, output);
        var read = await BackupTool.RestoreAsync(
            new RestoreOptions { File = file, DataFolder = restored.Path }, output, output);

        Assert.True((written, read) == (ExitCode.Ok, ExitCode.Ok), output.ToString());
        await using var server = await TestServer.StartAsync(folder: restored);
        await AssertThereAsync(server, BeforeNoiseKey, "before-noise");
    }

    [Theory]
    [InlineData("INSERT INTO schema_versions VALUES ('auth', 99) ON CONFLICT DO UPDATE SET version = 99", "rondo.db")]
    [InlineData("PRAGMA user_version = 99", "events.db")]
    public async Task Folder_OfANewerVersion_IsRefusedAndLeftAsItIs(string change, string name)
    {
        await (await TestServer.StartAsync(folder: _folder)).DisposeAsync();
        var path = Path.Combine(_folder.Path, name);
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            Rondo.Services.Streams.Sqlite.EventFile.Execute(connection, change);
        }

        var refused = await Assert.ThrowsAsync<StartException>(() => TestServer.StartAsync(folder: _folder));

        Assert.Contains("newer Rondo", refused.Message);
        Assert.Contains($"'{path}'", refused.Message);
    }

    private static async Task AssertThereAsync(TestServer server, string key, string said, params string[] more)
    {
        var (_, lobby) = await server.GetAsync("/chat/rooms/lobby/messages", Keys.Bearer(key));
        var (_, desk) = await server.GetAsync("/chat/rooms/desk/messages", Keys.Bearer(key));
        var (_, hooks) = await server.GetAsync("/chat/rooms/lobby/hooks", Keys.Bearer(key));
        var (_, overrides) = await server.GetAsync("/currency/overrides");
        var (_, rate) = await server.GetAsync("/convert/GBP/100?date=2026-11-20");
        Assert.Equal(
            [.. new[] { 1, 3, 4, 5 }.Select(i => $"message {i} of {said}"), .. more],
            JsonNode.Parse(lobby)!["messages"]!.AsArray().Select(m => m!["text"]!.GetValue<string>()));
        Assert.Contains("at the desk", desk);
        Assert.Contains("\"hook\":\"bell\"", hooks);
        Assert.Equal("""[{"currency":"GBP","rate":"0.9","from":"2026-11-01","to":null}]""", overrides);
        Assert.Equal("GBP 90", rate);
    }
}
