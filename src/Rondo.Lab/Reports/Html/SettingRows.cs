using System.Globalization;
using Rondo.Charts.Pages;
using Rondo.Charts.Scales;
using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Reports.Html;

/// <summary>How it was measured, where, and how it is done again.</summary>
internal static class SettingRows
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static void Add(ChartPage page, LabResult result)
    {
        page.Section("How this was measured", "");
        page.Add("<dl class=\"list\">" + string.Concat(Settings(result).Concat(Machine(result.Machine)).Select(
            r => $"<dt>{ChartPage.Text(r.Name)}</dt><dd>{ChartPage.Text(r.Value)}</dd>\n")) + "</dl>");
        page.Section(
            "Run it again",
            "This file holds the whole result as JSON: rondo lab run --from FILE reports it again without measuring.");
        page.Add($"<pre class=\"wrap\" tabindex=\"0\"><code>{ChartPage.Text(result.Command)}</code></pre>");
    }

    private static IEnumerable<(string Name, string Value)> Settings(LabResult result)
    {
        var settings = result.Settings;
        yield return ("Work of a request", settings.Work);
        yield return ("Models", string.Join(", ", settings.Models));
        yield return ("Connections", string.Join(", ", settings.Connections.Select(c => c.ToString("#,0", Culture))));
        yield return ("Load", settings.Rate is { } rate
            ? $"open: {NumberText.Digits(rate)} requests per second, due whether or not earlier ones are answered"
            : settings.IsOpen ? "open, at the rates in the names: shares of what each model serves at most, measured before"
            : "closed: every connection sends the next request when it has the answer");
        yield return ("Rounds", string.Create(
            Culture, $"{settings.Rounds} of {NumberText.Duration(settings.DurationSeconds)}, each with a fresh server, ")
            + string.Create(Culture, $"in an order shuffled with seed {settings.Seed}"));
        yield return ("Warm-up",
            settings.WarmupSeconds is { } warmup ? NumberText.Duration(warmup) : "until throughput had settled");
        yield return ("Duration of the run", NumberText.Duration(result.ElapsedSeconds));
    }

    private static IEnumerable<(string Name, string Value)> Machine(LabMachine machine)
    {
        yield return ("Processor", string.Create(Culture, $"{machine.Processor}, {machine.Processors} in use")
            + (machine.ProcessorQuota is { } quota ? $", limited to {NumberText.Digits(quota)}" : "")
            + (machine.Governor is { } governor ? $", governor {governor}" : ""));
        yield return ("Memory", NumberText.Bytes(machine.MemoryBytes));
        yield return ("System", $"{machine.System}, {machine.Runtime}");
        if (machine.GeneratorProcessors.Count + machine.ServerProcessors.Count > 0)
        {
            yield return ("Bound to processors",
                $"generator {Join(machine.GeneratorProcessors)}, servers {Join(machine.ServerProcessors)}");
        }

        if (machine.Noise is { } noise)
        {
            yield return ("Noise beforehand",
                string.Join(", ", Noise(noise).DefaultIfEmpty("none that the system tells of")));
        }
    }

    private static IEnumerable<string> Noise(LabNoise noise)
    {
        if (noise.StealShare is { } steal)
        {
            yield return $"{NumberText.Percent(steal)} of processor time given to others by the host";
        }

        if (noise.ForeignShare is { } foreign)
        {
            yield return $"{NumberText.Percent(foreign)} of a processor used by other processes";
        }

        if (noise.ThrottledPeriods is > 0 and var periods)
        {
            yield return string.Create(Culture, $"stopped by the control group {periods} times");
        }
    }

    private static string Join(IReadOnlyList<int> processors) =>
        processors.Count == 0 ? "to none" : string.Join(" ", processors);
}
