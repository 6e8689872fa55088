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

    [Fact]
    public async Task Document_Routes_AreExactlyThoseThatAreMapped()
    {
        await using var server = await TestServer.StartAsync();
        var mapped = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText != AnyMethodAndPath)
            .SelectMany(e =>
                e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                    .Select(m => (Path: e.RoutePattern.RawText!, Method: m)))
            .ToHashSet();
        var described = Operations().Select(o => (o.Path, o.Method.ToUpperInvariant()));

        Assert.Equal(mapped.Where(m => m.Method != "HEAD").Order(), described.Order());
        Assert.All(
            mapped.Where(m => m.Method == "GET" && !WithoutHead.Contains(m.Path)),
            m => Assert.Contains((m.Path, "HEAD"), mapped));
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
