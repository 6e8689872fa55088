using System.Globalization;
using System.Text;

namespace Rondo.Services.Hosting;

/// <summary>Writes collected metrics in the Prometheus text exposition format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<MetricsCollector.InstrumentSeries> instruments)
    {
        var text = new StringBuilder();
        foreach (var instrument in instruments)
        {
            var name = Name(instrument);
            var type = instrument.Kind.ToString().ToLowerInvariant();
            var help = Escape(instrument.Instrument.Description ?? "");
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
            foreach (var (tags, series) in instrument.Series)
            {
                if (instrument.Kind is MetricsCollector.Kind.Histogram)
                {
                    WriteHistogram(text, name, instrument.Bounds, tags, series);
                }
                else
                {
                    text.Append(name).Append(Labels(tags)).Append(' ').Append(Number(series.Sum)).Append('\n');
                }
            }
        }

        return text.ToString();
    }

    private static void WriteHistogram(
        StringBuilder text,
        string name,
        double[] bounds,
        KeyValuePair<string, object?>[] tags,
        MetricsCollector.Series series)
    {
        long count = 0;
        for (var i = 0; i < series.Buckets.Length; i++)
        {
            count += series.Buckets[i];
            var bound = i < bounds.Length ? Number(bounds[i]) : "+Inf";
            text.Append(name).Append("_bucket").Append(Labels([.. tags, new("le", bound)]))
                .Append(' ').Append(count).Append('\n');
        }

        text.Append(name).Append("_sum").Append(Labels(tags)).Append(' ').Append(Number(series.Sum)).Append('\n');
        text.Append(name).Append("_count").Append(Labels(tags)).Append(' ').Append(count).Append('\n');
    }

    private static string Name(MetricsCollector.InstrumentSeries instrument)
    {
        var name = Identifier(instrument.Instrument.Name);
        var unit = instrument.Instrument.Unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            _ => "",
        };
        var total = instrument.Kind is MetricsCollector.Kind.Counter ? "_total" : "";
        return name.EndsWith(unit, StringComparison.Ordinal) ? name + total : name + unit + total;
    }

    private static string Labels(KeyValuePair<string, object?>[] tags) => tags.Length == 0
        ? ""
        : "{" + string.Join(',', tags.Select(Label)) + "}";

    private static string Label(KeyValuePair<string, object?> tag)
    {
        var value = Escape(Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "").Replace("\"", "\\\"");
        return $"{Identifier(tag.Key)}=\"{value}\"";
    }

    private static string Identifier(string name) =>
        string.Create(name.Length, name, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                target[i] = char.IsAsciiLetterOrDigit(source[i]) ? source[i] : '_';
            }
        });

    private static string Escape(string value) => value.Replace("\\", "\\\\").Replace("\n", "\\n");

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
