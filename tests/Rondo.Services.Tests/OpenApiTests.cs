using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Rondo.Services.Tests.Currency.Http;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests;

/// <summary>The OpenAPI document against the routes and the answers of the running server.</summary>
public sealed partial class OpenApiTests
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "patch", "head", "options"];

    // What another proxy's clients ask for, which no description could list.
    private const string AnyMethodAndPath = "/auth/ext/{**path}";

    // Streams, WebSockets, and what old clients of Consul do by GET.
    private static readonly string[] WithoutHead =
    [
        "/currency/stream", "/weather/{place}/stream", "/chat/rooms/{room}/events", "/chat/ws", "/chatsocket",
        "/broadcast", "/websocket", "/noise/alarms", "/noise/publish", "/noise/stream", "/noise/rooms/{room}/stream",
        "/registry/watch", "/board/stream",
        "/v1/agent/service/deregister/{id}", "/v1/agent/check/pass/{id}", "/v1/agent/check/warn/{id}",
        "/v1/agent/check/fail/{id}",
    ];

    [Fact]
    public async Task Document_Served_IsTheOneOfTheSource()
    {
        await using var server = await TestServer.StartAsync();

        var (response, body) = await server.GetAsync("/openapi.json");

        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(Repository.Read("src/Rondo.Services/openapi.json"), body);
        Assert.StartsWith("3.1.", JsonNode.Parse(body)!["openapi"]!.GetValue<string>());
    }

    /// <summary>What any way to start a process maps is there, since that document is all that such a process has.</summary>
    [Fact]
    public async Task Document_Routes_AreExactlyThoseThatAreMapped()
    {
        var mapped = new HashSet<(string Path, string Method)>();
        foreach (var options in WaysToStart())
        {
            mapped.UnionWith(await MappedAsync(options));
        }

        var described = Operations().Select(o => (o.Path, o.Method.ToUpperInvariant()));

        Assert.Equal(mapped.Where(m => m.Method != "HEAD").Order(), described.Order());
        Assert.All(
            mapped.Where(m => m.Method == "GET" && !WithoutHead.Contains(m.Path)),
            m => Assert.Contains((m.Path, "HEAD"), mapped));
    }

    [Fact]
    public async Task Document_SchemasOfProcesses_NameWhatIsAnswered()
    {
        await using var split = await TestServer.StartAsync(options: new ServerOptions { Offline = true, Split = true });
        await using var node = await TestServer.StartAsync(isFollowed: true);

        foreach (var (server, path) in new[] { (split, "/supervision"), (node, "/nodes") })
        {
            var schema = Document()["paths"]![path]!["get"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;
            AssertNamed(path, schema, JsonNode.Parse((await server.GetAsync(path)).Body));
        }
    }

    [Fact]
    public void Document_References_AllResolveAndNoneIsUnused()
    {
        var document = Document();
        var references = Reference().Matches(document.ToJsonString()).Select(m => m.Groups[1].Value).ToHashSet();
        var components = new[] { "parameters", "headers", "responses", "schemas" }
            .SelectMany(kind => document["components"]![kind]!.AsObject().Select(c => $"{kind}/{c.Key}"));

        Assert.Equal(components.Order(StringComparer.Ordinal), references.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Document_Operations_HaveIdsAndDeclareTheirPathParameters()
    {
        var operations = Operations().ToList();

        var ids = operations.Select(o => o.Body["operationId"]!.GetValue<string>());
        Assert.Equal(operations.Count, ids.Distinct().Count());
        Assert.All(operations, o => Assert.Equal(
            PathParameter().Matches(o.Path).Select(m => m.Groups[1].Value).Order(),
            Parameters(o.Body)
                .Where(p => p["in"]!.GetValue<string>() == "path")
                .Select(p => p["name"]!.GetValue<string>())
                .Order()));
    }

    [Fact]
    public async Task Document_QueryParameters_AreAllTaken()
    {
        await using var server = await CurrencyDocument.StartServerAsync();
        foreach (var (path, _, body) in Operations().Where(o => o.Method == "get"))
        {
            foreach (var parameter in Parameters(body).Where(p => p["in"]!.GetValue<string>() == "query"))
            {
                var (_, answer) = await server.GetAsync($"{Filled(path, body)}?{parameter["name"]}=x");

                Assert.DoesNotContain("/problems/unknown-parameter", answer);
            }
        }
    }

    [Fact]
    public async Task Document_ExamplesOfReads_AreWhatTheServerAnswers()
    {
        await using var server = await CurrencyDocument.StartServerAsync();
        var compared = 0;
        foreach (var (path, _, body) in Operations()
            .Where(o => o.Method == "get" && o.Body["responses"]!["200"]?["content"] is not null))
        {
            var content = body["responses"]!["200"]!["content"]?.AsObject() ?? [];
            foreach (var (type, media) in content.Where(c => c.Value!["example"] is not null))
            {
                var required = string.Join('&', Parameters(body)
                    .Where(p => p["in"]!.GetValue<string>() == "query" && p["required"]?.GetValue<bool>() == true)
                    .Select(p => $"{p["name"]}={p["example"]}"));
                var target = $"{Filled(path, body)}?{required}".TrimEnd('?');
                var (response, answer) = await server.GetAsync(target, "Accept: " + type);
                var expected = media!["example"]!;

                Assert.Equal(
                    $"{path} 200 {type}",
                    $"{path} {(int)response.StatusCode} {response.Content.Headers.ContentType!.MediaType}");
                if (type == "application/json")
                {
                    Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(answer)), $"{path}: {answer}");
                }
                else
                {
                    Assert.Equal(expected.GetValue<string>(), answer);
                }

                compared++;
            }
        }

        Assert.True(compared >= 20, $"Only {compared} examples.");
    }

    // The demo is not described, on purpose: its routes are for showing.
    private static IEnumerable<ServerOptions> WaysToStart()
    {
        yield return new ServerOptions();
        yield return new ServerOptions { Split = true };
        yield return new ServerOptions { Urls = TlsTestServer.Urls };
        foreach (var name in RondoServer.AllServices)
        {
            yield return new ServerOptions { Service = name };
        }
    }

    // As a node that leads, which has all that one alone has.
    private static async Task<IEnumerable<(string Path, string Method)>> MappedAsync(ServerOptions options)
    {
        using var folder = new TestFolder();
        await TestDatabase.ReadyAsync();
        options = options with
        {
            Offline = true,
            Urls = options.Urls ?? "http://127.0.0.1:0",
            DataFolder = folder.Path,
            DatabaseFile = TestDatabase.FileIn(folder),
        };
        await using var node = options is { Service: null, Split: false } ? new FollowerFront(options) : null;
        await using var app = RondoServer.Build(options, node: node?.Leader);
        return [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText != AnyMethodAndPath)
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(m => (e.RoutePattern.RawText!, m)))];
    }

    // Each member is one of the schema, and those that it requires are there.
    private static void AssertNamed(string place, JsonNode schema, JsonNode? value)
    {
        if (schema["$ref"] is { } reference)
        {
            schema = schema.Root["components"]!["schemas"]![reference.GetValue<string>().Split('/')[^1]]!;
        }

        if (value is JsonArray items)
        {
            Assert.NotEmpty(items);
            Assert.All(items, item => AssertNamed(place + "[]", schema["items"]!, item));
        }
        else if (value is JsonObject members)
        {
            var named = schema["properties"]!.AsObject();
            Assert.All(members, m => Assert.True(named.ContainsKey(m.Key), $"{place} has {m.Key}"));
            Assert.All(
                schema["required"]!.AsArray(),
                r => Assert.True(members.ContainsKey(r!.GetValue<string>()), $"{place} lacks {r}"));
            foreach (var (name, member) in members)
            {
                AssertNamed($"{place}.{name}", named[name]!, member);
            }
        }
    }

    private static JsonNode Document() => JsonNode.Parse(Repository.Read("src/Rondo.Services/openapi.json"))!;

    private static IEnumerable<(string Path, string Method, JsonNode Body)> Operations() =>
        from path in Document()["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        where Methods.Contains(operation.Key)
        select (path.Key, operation.Key, operation.Value!);

    private static IEnumerable<JsonNode> Parameters(JsonNode operation) =>
        (operation["parameters"]?.AsArray() ?? []).Select(p => p!["$ref"] is { } reference
            ? operation.Root["components"]!["parameters"]![reference.GetValue<string>().Split('/')[^1]]!
            : p);

    private static string Filled(string path, JsonNode operation) => PathParameter().Replace(path, m =>
        Parameters(operation)
            .Single(p => p["in"]!.GetValue<string>() == "path" && p["name"]!.GetValue<string>() == m.Groups[1].Value)
            ["example"]!.GetValue<string>());

    [GeneratedRegex("\"\\$ref\":\"#/components/([^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex(@"\{([a-z]+)\}")]
    private static partial Regex PathParameter();
}
