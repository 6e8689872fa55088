using System.Text.Json;
using Rondo.Services.Gateway;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway;

public sealed class RouteTableTests
{
    private static readonly ManualTime Time = new(TestServer.Friday);

    [Theory]
    [InlineData("GET", "", "/weather/berlin", "all")]
    [InlineData("GET", "", "/weather", "all")]
    [InlineData("GET", "", "/weatherman", null)]
    [InlineData("GET", "", "/weather/", "all")]
    [InlineData("GET", "", "/weather/admin/x", "admin")]
    [InlineData("GET", "", "/weather/admin", "exact")]
    [InlineData("GET", "", "/Weather/x", null)]
    [InlineData("GET", "", "/other/x", null)]
    [InlineData("POST", "", "/jobs", "post")]
    [InlineData("HEAD", "", "/jobs", "get")]
    [InlineData("DELETE", "", "/jobs", null)]
    [InlineData("GET", "a.example.org", "/x", "host")]
    [InlineData("GET", "b.example.org", "/x", "below")]
    [InlineData("GET", "example.org", "/x", null)]
    [InlineData("GET", "a.example.org", "/jobs", "get")]
    [InlineData("GET", "", "/twice", "first")]
    public void Request_Matched_GoesToTheNearestRoute(string method, string host, string path, string? expected)
    {
        var table = Table(
            ("all", """{"path":"/weather/**"}""", 0),
            ("admin", """{"path":"/weather/admin/**"}""", 0),
            ("exact", """{"path":"/weather/admin"}""", 0),
            ("get", """{"path":"/jobs","methods":["GET"]}""", 0),
            ("post", """{"path":"/jobs","methods":["POST"]}""", 0),
            ("host", """{"path":"/**","host":"a.example.org"}""", 0),
            ("below", """{"path":"/**","host":"*.example.org"}""", 0),
            ("second", """{"path":"/twice"}""", 0),
            ("first", """{"path":"/twice"}""", 1));

        Assert.Equal(expected, table.Match(host, path, method).Route?.Config.Id);
    }

    [Fact]
    public void Method_ThatNoRouteTakes_IsToldWhichDo()
    {
        var table = Table(
            ("get", """{"path":"/jobs","methods":["GET"]}""", 0),
            ("post", """{"path":"/jobs","methods":["POST"]}""", 0));

        Assert.Equal("GET, HEAD, POST", table.Match("", "/jobs", "DELETE").Allow);
        Assert.Null(table.Match("", "/other", "DELETE").Allow);
    }

    [Fact]
    public void OwnPath_Matched_IsTheSameInAnyCaseAndWithASlash()
    {
        var table = Table(("forecast", """{"path":"/forecast"}""", 0));

        Assert.NotNull(table.MatchOwn("", "forecast", "/FORECAST/", "GET").Route);
        Assert.Null(table.MatchOwn("", "forecast", "/forecast/x", "GET").Route);
    }

    [Fact]
    public void Trials_TakenDown_SayWhyNot()
    {
        var table = Table(
            ("host", """{"path":"/jobs","host":"x"}""", 0), ("post", """{"path":"/jobs","methods":["POST"]}""", 0),
            ("get", """{"path":"/**"}""", 0));
        var trials = new List<RouteTrial>();

        table.Match("y", "/jobs", "GET", trials);

        Assert.Equal(
            ["host: another host", "post: another method", "get: takes it"],
            trials.Select(t => $"{t.Route.Config.Id}: {t.Why}"));
    }

    private static RouteTable Table(params (string Id, string Match, int Priority)[] routes) => new(
        routes.Select(r =>
        {
            using var body = JsonDocument.Parse(
                $$"""{"match":{{r.Match}},"service":"s","priority":{{r.Priority}}}""");
            var config = RouteBody.Parse(r.Id, RouteSource.Stored, body.RootElement);
            return new RouteModel(config, new RouteState(Time, null));
        }),
        []);
}
