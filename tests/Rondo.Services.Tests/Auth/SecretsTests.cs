using System.Text;
using System.Text.Json.Nodes;
using Rondo.Services.Auth;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Auth;

/// <summary>What must be told nobody, looked for wherever it could have got to.</summary>
public sealed class SecretsTests
{
    [Fact]
    public async Task Secrets_OfEveryKind_AreInNoLogFileMetricOrAnswer()
    {
        using var folder = new TestFolder();
        using var logs = new LogCapture();
        var (secrets, seen) = (new List<string>(), new StringBuilder());
        await using (var server = await TestServer.StartAsync(
            folder: folder, logs: logs, settings: """{"Auth": {"QueryKeys": true}}""",
            options: new ServerOptions { Offline = true, Verbose = true }))
        {
            var admin = server.CreateAdminKey();
            var made = await server.CreateAsync(admin, new { name = "k", scopes = new[] { "*" } });
            var (_, rotated) = await server.SendAsync(
                "POST", $"/auth/keys/{made.Text("id")}/rotate", new StringContent("{}"), Keys.Bearer(admin));
            var (_, ticket) = await server.SendAsync(
                "POST", "/auth/tickets", new StringContent("""{"path":"/auth/audit"}"""), Keys.Bearer(admin));
            var login = await server.Client.PostAsync(
                "/login", new FormUrlEncodedContent([KeyValuePair.Create("key", admin)]), TestContext.Current.CancellationToken);
            secrets.AddRange([admin, made.Text(), JsonNode.Parse(rotated)!.Text(), JsonNode.Parse(ticket)!.Text("ticket")]);
            var unknown = ApiKey.Create().Text;
            secrets.Add(unknown);
            Assert.NotNull(login);
            foreach (var secret in secrets.ToList())
            {
                foreach (var (method, path, header) in new[]
                {
                    ("GET", "/auth/audit?key=" + secret, "X-None: 1"), ("GET", "/auth/audit?ticket=" + secret, "X-None: 1"),
                    ("GET", "/auth/audit?key=a&key=" + secret, "X-None: 1"), ("GET", "/nowhere?key=" + secret, "X-None: 1"),
                    ("POST", "/auth/check", Keys.Bearer(secret)), ("PUT", "/currency/overrides/USD", "X-API-Key: " + secret),
                    ("GET", "/auth/forward?scope=a:b", Keys.Bearer(secret)), ("GET", "/chat?key=" + secret, "X-API-Key: " + secret),
                })
                {
                    seen.Append((await server.SendAsync(method, path, null, header)).Body);
                }
            }

            seen.Append((await server.GetAsync("/auth/keys", Keys.Bearer(admin))).Body);
            seen.Append((await server.GetAsync("/metrics")).Body);
        }

        foreach (var file in Directory.EnumerateFiles(folder.Path))
        {
            seen.Append(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)));
        }

        var all = seen.Append(string.Join('\n', logs.Lines)).ToString();
        Assert.Contains("GET /auth/audit 200", all);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret.Split('_')[^1], all));
        Assert.Contains("/auth/audit", all);
    }

    [Fact]
    public async Task AdminKeyFile_IsForItsOwnerAloneAndShownNowhere()
    {
        using var folder = new TestFolder();
        using var logs = new LogCapture();
        var (path, output) = (Path.Combine(folder.Path, "admin.key"), new StringWriter());
        await using var app = RondoServer.Build(
            new ServerOptions { DataFolder = folder.Path, Offline = true, Urls = "http://127.0.0.1:0", AdminKeyFile = path },
            services => services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(logs));
        await RondoServer.StartAsync(app);

        await Welcome.WriteAsync(app, null, output);

        var key = (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).Trim();
        Assert.NotNull(ApiKey.TryParse(key));
        Assert.DoesNotContain("ak_", output.ToString() + string.Join('\n', logs.Lines));
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in new[] { path, Path.Combine(folder.Path, "auth.pepper"), Path.Combine(folder.Path, "auth.signing.pem") })
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }

        await app.StopAsync(TestContext.Current.CancellationToken);
    }
}
