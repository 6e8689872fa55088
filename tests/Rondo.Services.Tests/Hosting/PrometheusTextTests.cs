using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Hosting;

public sealed partial class PrometheusTextTests
{
    [Fact]
    public async Task Metrics_AfterRequests_ParseLineByLine()
    {
        await using var server = await TestServer.StartAsync(time: new ManualTime(TestServer.Friday));
        await server.GetAsync("/convert/GBP/100");
        await server.GetAsync("/nothing/\"here\"\\n");

        var (response, text) = await server.GetAsync("/metrics");

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.EndsWith("\n", text);
        var family = "";
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (Comment().Match(line) is { Success: true } comment)
            {
                family = comment.Groups[1].Value;
                continue;
            }

            var sample = Sample().Match(line);
            Assert.True(sample.Success, line);
            Assert.StartsWith(family, sample.Groups[1].Value);
            var value = sample.Groups[2].Value;
            Assert.True(
                value is "NaN" or "+Inf" or "-Inf" || double.TryParse(value, CultureInfo.InvariantCulture, out _),
                line);
        }
    }

    [Fact]
    public async Task Metrics_AfterRequests_HoldDurationsByRouteAndOurOwn()
    {
        await using var server = await TestServer.StartAsync(time: new ManualTime(TestServer.Friday));
        await server.GetAsync("/convert/GBP/100");

        var text = (await server.GetAsync("/metrics")).Body;

        Assert.Contains("# TYPE http_server_request_duration_seconds histogram", text);
        Assert.Matches(
            "http_server_request_duration_seconds_bucket\\{[^}]*http_route=\"/convert/\\{currency\\}/\\{amount\\}\""
                + "[^}]*le=\"0.005\"\\} \\d+",
            text);
        Assert.Contains("le=\"+Inf\"", text);
        Assert.Contains("rondo_currency_rates_age_seconds ", text);
        Assert.Contains("rondo_currency_rates ", text);
        Assert.Contains("rondo_currency_refresh_failing ", text);
    }

    [Fact]
    public void Write_HostileTagsAndText_StayOnTheirLine()
    {
        using var meter = new Meter("Rondo.Test.Escapes");
        using var collector = new MetricsCollector();
        meter.CreateCounter<long>("rondo.escapes", null, "one\ntwo \\ three")
            .Add(1, new KeyValuePair<string, object?>("a b", "x\"y\\z\n} 1"));

        var text = PrometheusText.Write(collector.Collect().Where(i => i.Instrument.Meter == meter));

        Assert.Equal(
            "# HELP rondo_escapes_total one\\ntwo \\\\ three\n# TYPE rondo_escapes_total counter\n"
            + "rondo_escapes_total{a_b=\"x\\\"y\\\\z\\n} 1\"} 1\n",
            text);
    }

    [Fact]
    public void Write_Histogram_CountsUpToInfinity()
    {
        using var meter = new Meter("Rondo.Test.Histograms");
        using var collector = new MetricsCollector();
        var histogram = meter.CreateHistogram(
            "rondo.took", "s", null, null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (var seconds in new[] { 0.5, 0.75, 2 })
        {
            histogram.Record(seconds);
        }

        var lines = PrometheusText.Write(collector.Collect().Where(i => i.Instrument.Meter == meter)).Split('\n')[2..];

        Assert.Equal(
            [
                "rondo_took_seconds_bucket{le=\"0.5\"} 1",
                "rondo_took_seconds_bucket{le=\"1\"} 2",
                "rondo_took_seconds_bucket{le=\"+Inf\"} 3",
                "rondo_took_seconds_sum 3.25",
                "rondo_took_seconds_count 3",
                "",
            ],
            lines);
    }

    [GeneratedRegex("^# (?:HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*?)(?: .*)?$")]
    private static partial Regex Comment();

    [GeneratedRegex("""^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*")*\})? (\S+)$""")]
    private static partial Regex Sample();
}
