using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests;

/// <summary>
/// The real program with all its logging, used with every kind of secret there is; then each is looked for in all that
/// it has written, told or sent. The ends of its processes are awaited in real time.
/// </summary>
public sealed partial class SecretsTests : IDisposable
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan s_guard = TimeSpan.FromSeconds(60);

    private readonly string _root = Directory.CreateTempSubdirectory("rondo-secrets-").FullName;
    private readonly Dictionary<string, string> _secrets = [];
    private readonly StringBuilder _answers = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = s_guard,
    };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Secrets_OfARealProgram_AreNowhereButWhereTheyAreShown()
    {
        using var collector = new Collector();
        foreach (var folder in new[] { "up", "weather" })
        {
            Directory.CreateDirectory(Path.Combine(_root, folder));
            await File.WriteAllTextAsync(Path.Combine(_root, folder, "appsettings.json"), $$$"""
                {"Telemetry": {"OtlpEndpoint": "{{{collector.Address}}}", "IntervalSeconds": 1},
                 "Logging": {"LogLevel": {"Default": "Trace"}},
                 "Auth": {"QueryKeys": true, "AttemptsPerAddress": 1000, "AttemptsPerPrefix": 1000},
                 "Gateway": {"AccessLog": true}}
                """, Cancelled);
        }

        await using var up = RondoProcess.Start(
            Path.Combine(_root, "up"), "up", "--offline", "--verbose", "--urls", "http://127.0.0.1:0");
        var upError = up.ErrorAsync();
        var welcome = await up.ReadUntilAsync("/currency/status");
        var upOutput = up.RestOfOutputAsync();
        var admin = Key().Match(welcome).Value;
        _secrets["admin key"] = admin;
        _client.BaseAddress = new Uri(Address().Match(welcome).Value);
        var service = await CreateAsync(admin, "service key", "registry:write", "registry:own");
        var file = Path.Combine(_root, "service.key");
        await File.WriteAllTextAsync(file, service + "\n", Cancelled);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, Mine);
        }

        await using var weather = RondoProcess.Start(
            Path.Combine(_root, "weather"), "serve", "weather", "--offline", "--verbose",
            "--urls", "http://127.0.0.1:0", "--registry", _client.BaseAddress.ToString(), "--key-file", file);
        var weatherError = weather.ErrorAsync();
        var weatherAt = new Uri(Address().Match(await weather.ReadUntilAsync("/forecast")).Value);
        var weatherOutput = weather.RestOfOutputAsync();

        await UseAsync(admin, collector, weatherAt);
        var processes = OfProcess(up.Id) + OfProcess(weather.Id);
        weather.Signal("TERM");
        up.Signal("TERM");
        Assert.Equal((0, 0), (await weather.ExitAsync(), await up.ExitAsync()));

        var places = new Dictionary<string, string>
        {
            ["the rest of standard output"] = welcome.Replace(admin, "") + await upOutput + await weatherOutput,
            ["the log"] = await upError + await weatherError,
            ["arguments and environment"] = processes,
            ["metrics and answers"] = _answers.ToString(),
            ["metrics and traces that were sent"] = collector.Sent,
        };
        foreach (var path in Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories).Where(p => p != file))
        {
            places[path] = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(path, Cancelled));
        }

        // That it would be found, and the places are the right ones.
        Assert.Contains(Forms(admin).First(), welcome);
        Assert.Contains("/auth/audit", places["the log"]);
        Assert.Contains("RONDO_DATA", processes);
        Assert.Contains("printer", collector.Sent);
        Assert.Contains("http.server.request.duration", collector.Sent);
        Assert.All(_secrets, s => Assert.True(s.Value.Length > 20, s.Key));
        Assert.Equal(13, _secrets.Count);
        var found = _secrets.SelectMany(s => Forms(s.Value).SelectMany(form => places
            .Where(p => p.Value.Contains(form, StringComparison.Ordinal))
            .Select(p => $"{s.Key} in {p.Key}: {Around(p.Value, form)}")));
        Assert.True(!found.Any(), string.Join('\n', found.Distinct()));
    }

    /// <summary>Uses every kind of secret in every way, the right and the wrong ones.</summary>
    private async Task UseAsync(string admin, Collector collector, Uri weather)
    {
        var reader = await CreateAsync(admin, "key", "weather:read", "printer:read");
        var rotated = JsonNode.Parse(await SendAsync(
            "POST", $"/auth/keys/{reader.Split('_')[1]}/rotate", "{}", Bearer(admin)))!["key"]!.GetValue<string>();
        _secrets["rotated key"] = rotated;
        _secrets["wrong key"] = reader[..^8] + "AAAAAAAA";
        _secrets["typed by mistake"] = "correct-horse-battery-staple";
        _secrets["ticket"] = Text(await SendAsync(
            "POST", "/auth/tickets", """{"path":"/auth/audit"}""", Bearer(admin)), "ticket");
        _secrets["lease"] = Text(await SendAsync(
            "PUT", "/registry/services/printer/instances/p1",
            $$"""{"url":"{{collector.Address}}","routes":["/printer/**"]}""", Bearer(admin)), "lease_token");
        const string beat = "/registry/services/printer/instances/p1/heartbeat";
        await SendAsync("POST", beat, null, "Authorization: Lease " + _secrets["lease"]);
        await SendAsync("POST", beat, null, "Authorization: Lease " + reader);
        var hook = Text(await SendAsync("PUT", "/chat/rooms/lobby/hooks/h1", "{}", Bearer(admin)), "url");
        _secrets["hook"] = hook.Split('/')[^1];
        await SendAsync("POST", hook, """{"text":"hello"}""");
        await SendAsync("POST", hook + "x", """{"text":"hello"}""");
        var cookies = await SignInAsync(admin);
        _secrets["session"] = Session().Match(cookies).Groups[1].Value;
        _secrets["CSRF token"] = Token().Match(cookies).Groups[1].Value;
        _secrets["guest"] = Guest().Match(await SendAsync("POST", "/a/message/new", "body=hi", Form)).Groups[1].Value;
        await SendAsync("GET", "/login", null, "Cookie: rondo_session=" + _secrets["session"]);
        await SendAsync("POST", "/auth/keys", "{}", "Cookie: rondo_session=" + _secrets["session"],
            "X-CSRF-Token: " + _secrets["CSRF token"]);
        await SendAsync("GET", "/chat", null, "Cookie: rondo_guest=" + _secrets["guest"]);
        foreach (var secret in _secrets.Values.ToList())
        {
            await SendAsync("POST", "/login", "key=" + Uri.EscapeDataString(secret), Form);
            await SendAsync("POST", "/auth/check", null, Basic(secret));
            await SendAsync("POST", "/auth/introspect", "token=" + secret, Form, Bearer(admin));
            foreach (var header in new[] { Bearer(secret), "X-API-Key: " + secret, Basic(secret), "X-None: 1" })
            {
                await SendAsync("GET", $"/printer/x?key={secret}&token={secret}&ticket={secret}", null, header);
                await SendAsync("GET", "/printer/x", null, header);
                await SendAsync("GET", "/weather?key=" + secret, null, header);
                await SendAsync("GET", "/auth/audit?ticket=" + secret, null, header);
                await SendAsync("GET", "/nowhere?key=" + secret, null, header);
                await SendAsync("GET", "/auth/forward?scope=weather:read", null, header, "X-Forwarded-Method: GET",
                    "X-Forwarded-Host: a", "X-Forwarded-Uri: /x?key=" + secret);
                await SendAsync("GET", "/auth/request?scope=weather:read", null, header, "X-Original-Method: GET",
                    "X-Original-URL: http://a/x?key=" + secret);
                await SendAsync("GET", "/auth/ext/x?key=" + secret, null, header);
                await SendAsync("GET", weather + "weather?key=" + secret, null, header);
            }
        }

        _secrets["signed token"] = collector.Token ?? "";
        var question = new JsonObject
        {
            ["url"] = "/printer/x?key=" + reader,
            ["headers"] = new JsonObject { ["X-API-Key"] = reader },
        };
        foreach (var path in new[]
        {
            "/metrics", "/gateway/status", "/auth/keys", "/auth/audit?limit=1000", "/registry/services/printer",
            "/gateway/routes", "/chat/rooms/lobby/hooks",
        })
        {
            _answers.Append(await SendAsync("GET", path, null, Bearer(admin)));
        }

        _answers.Append(await SendAsync("POST", "/gateway/explain", question.ToJsonString(), Bearer(admin)));
        _answers.Append(await SendAsync("GET", weather + "metrics", null));
    }

    private const string Form = "Content-Type: application/x-www-form-urlencoded";

    private async Task<string> CreateAsync(string admin, string name, params string[] scopes)
    {
        var body = new JsonObject
        {
            ["name"] = name,
            ["scopes"] = new JsonArray([.. scopes.Select(s => JsonValue.Create(s))]),
        };
        return _secrets[name] = Text(await SendAsync("POST", "/auth/keys", body.ToJsonString(), Bearer(admin)), "key");
    }

    private async Task<string> SignInAsync(string key) => await SendAsync("POST", "/login", "key=" + key, Form);

    /// <summary>The cookies that an answer sets, and its body.</summary>
    private async Task<string> SendAsync(string method, string path, string? body, params string[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(
                headers.Contains(Form) ? Form.Split(' ')[1] : "application/json");
        }

        foreach (var header in headers.Where(h => h != Form))
        {
            request.Headers.TryAddWithoutValidation(header[..header.IndexOf(':')], header[(header.IndexOf(':') + 2)..]);
        }

        using var response = await _client.SendAsync(request, Cancelled);
        var cookies = response.Headers.TryGetValues("Set-Cookie", out var set) ? string.Join("; ", set) : "";
        return cookies + await response.Content.ReadAsStringAsync(Cancelled);
    }

    private static string Text(string answer, string member) =>
        JsonNode.Parse(answer)![member]?.GetValue<string>() ?? throw new InvalidOperationException(answer);

    private static string Bearer(string key) => "Authorization: Bearer " + key;

    private static string Basic(string key) => "Authorization: Basic " + Base64(":" + key);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    // The secret's own part: the prefix of a key is no secret. Of a token of three parts the signature.
    private static IEnumerable<string> Forms(string secret)
    {
        var own = secret.Contains('.') ? secret.Split('.')[^1]
            : secret.StartsWith("ak_", StringComparison.Ordinal) ? secret.Split('_')[^1]
            : secret;
        return [own, Base64(":" + secret)];
    }

    private static string Around(string place, string form)
    {
        var at = place.IndexOf(form, StringComparison.Ordinal);
        return place[Math.Max(0, at - 200)..Math.Min(place.Length, at + form.Length + 40)];
    }

    private static string OfProcess(int id) =>
        File.ReadAllText($"/proc/{id}/cmdline") + File.ReadAllText($"/proc/{id}/environ");

    [GeneratedRegex(@"ak_\w{8}_\w{49}")]
    private static partial Regex Key();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();

    [GeneratedRegex("rondo_session=([^;]+)")]
    private static partial Regex Session();

    [GeneratedRegex("rondo_csrf=([^;]+)")]
    private static partial Regex Token();

    [GeneratedRegex("rondo_guest=([^;]+)")]
    private static partial Regex Guest();

    /// <summary>A collector of telemetry, and a service behind the gateway.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly ConcurrentQueue<string> _sent = new();
        private readonly Task _running;

        public Collector()
        {
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
            }

            _listener.Prefixes.Add(Address + "/");
            _listener.Start();
            _running = RunAsync();
        }

        public string Address { get; }

        /// <summary>What was sent to the collector.</summary>
        public string Sent => string.Concat(_sent);

        /// <summary>The newest token that the gateway has signed for the service.</summary>
        public string? Token { get; private set; }

        public void Dispose()
        {
            _listener.Close();
            _running.Wait(s_guard);
        }

        private async Task RunAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    using var body = new MemoryStream();
                    await context.Request.InputStream.CopyToAsync(body);
                    if (context.Request.RawUrl!.StartsWith("/v1/", StringComparison.Ordinal))
                    {
                        _sent.Enqueue(Encoding.Latin1.GetString(body.ToArray()));
                    }
                    else if (context.Request.Headers["Authorization"] is { } token)
                    {
                        Token = token.Split(' ')[^1];
                    }

                    context.Response.Close();
                }
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
            }
        }
    }
}
