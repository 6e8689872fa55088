using System.Text.Json.Nodes;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway;

public sealed class ExplainTests
{
    [Fact]
    public async Task Request_ThatWouldBeForwarded_IsExplainedToTheEnd()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        await rig.RouteAsync("jobs", """
            {"match":{"path":"/printer/jobs/**","methods":["POST"]},"service":"printer","rewrite":{"strip":"/printer"}}
            """);

        var told = await rig.ExplainAsync(new
        {
            method = "GET",
            url = "/printer/%6Aobs?token=hush",
            headers = new Dictionary<string, string> { ["Authorization"] = "Bearer " + rig.Admin, ["X_Bad"] = "1" },
        });

        Assert.Equal("forward", told.Text("verdict"));
        Assert.Equal("printer:printer~**", told["route"]!.Text("id"));
        Assert.Equal(
            ["jobs another method", "printer:printer~** takes it"],
            told["tried"]!.AsArray().Select(t => $"{t!.Text("route")} {t!.Text("why")}"));
        Assert.Equal("http://10.0.0.1:8080", told["instance"]!.Text("url"));
        Assert.Equal("/printer/jobs?token=...", told["sent"]!.Text("target"));
        Assert.DoesNotContain("X_Bad", told["sent"]!.ToJsonString());
        Assert.DoesNotContain("hush", told.ToJsonString());
        Assert.DoesNotContain(rig.Admin, told.ToJsonString());
        Assert.Empty(rig.Forwarder.Sent);
    }

    [Theory]
    [InlineData("GET", "/printer/x", "", "refused 401 missing-credential")]
    [InlineData("GET", "/printer/x", "Bearer nonsense", "refused 401 invalid-credential")]
    [InlineData("GET", "/printer/../x", "", "refused 400 unclear-target")]
    [InlineData("TRACE", "/printer/x", "", "refused 405 method-not-allowed")]
    [InlineData("GET", "http://example.org/nothing", "", "no-route")]
    [InlineData("GET", "/forecast?x=y", "", "own")]
    [InlineData("GET", "/chat/../forecast", "", "own")]
    [InlineData("GET", "/ghost", "KEY", "refused 503 no-healthy-instance")]
    public async Task Request_ThatWouldNot_IsToldWhy(string method, string url, string authorization, string expected)
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        await rig.RouteAsync("ghost", """{"match":{"path":"/ghost"},"service":"ghost"}""");
        var headers = new Dictionary<string, string>();
        if (authorization.Length > 0)
        {
            headers["Authorization"] = authorization.Replace("KEY", "Bearer " + rig.Admin);
        }

        var told = await rig.ExplainAsync(new { method, url, headers });

        Assert.Equal(expected, string.Join(' ', new[] { "verdict", "status", "problem" }
            .Select(m => told[m]?.ToString()).Where(m => m is not null)));
        Assert.NotEmpty(told.Text("why"));
    }

    [Theory]
    [InlineData("""{}""", "/url")]
    [InlineData("""{"url":"x"}""", "/url")]
    [InlineData("""{"url":"/x","headers":{"a":1}}""", "/headers/a")]
    [InlineData("""{"url":"/x","headers":{"a":"b\r\nc: d"}}""", "/headers/a")]
    [InlineData("""{"url":"/x","client":"me"}""", "/client")]
    [InlineData("""{"url":"/x","more":1}""", "/more")]
    public async Task Question_ThatIsNone_IsRefusedWithThePlace(string body, string place)
    {
        await using var rig = await GatewayRig.StartAsync();

        var (response, answer) = await rig.Server.SendAsync(
            "POST", "/gateway/explain", Registry.RegistryCalls.Json(body), rig.Key);

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(place, JsonNode.Parse(answer)!.Text("pointer"));
    }
}
