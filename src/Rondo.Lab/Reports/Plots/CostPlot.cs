using Rondo.Charts.Plots;
using Rondo.Charts.Scales;
using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Reports.Plots;

/// <summary>What each model costs where they are compared.</summary>
internal static class CostPlot
{
    private static readonly (string Title, Func<double, string> Format, Func<LabCosts, double?> Of)[] Kinds =
    [
        ("Memory", NumberText.Bytes, c => c.ResidentBytes),
        ("Threads", NumberText.Count, c => c.Threads),
        ("CPU per request", NumberText.Duration, c => c.CpuMicrosecondsPerRequest * 1e-6),
        ("Switches per request", NumberText.Digits, Switches),
        ("Allocated per request", NumberText.Bytes, c => c.AllocatedBytesPerRequest),
        ("GC pauses", NumberText.Duration, c => c.PauseMilliseconds * 1e-3),
    ];

    public static CostBars? Of(ResultView view)
    {
        var models = view.Models.Where(m => view.Level(m, view.Focus)?.Costs is not null).ToList();
        CostPanel[] panels =
            [.. Kinds.Select(k => new CostPanel(k.Title, k.Format, [.. models.Select(m => Bar(m, k.Of))]))];

        // What is known of no model, or costs none of them anything, compares nothing.
        panels = [.. panels.Where(p => p.Bars.Any(b => b.Value > 0))];
        return panels.Length == 0 ? null : new CostBars(
            $"What each model costs at {ResultView.Connections(view.Focus)}", "Medians of the rounds; less is better.",
            panels);

        CostBar Bar(string model, Func<LabCosts, double?> of) =>
            new(model, view.StyleOf(model), of(view.Level(model, view.Focus)!.Costs!) ?? double.NaN);
    }

    /// <summary>Context switches of both kinds.</summary>
    public static double? Switches(LabCosts costs) =>
        costs.VoluntarySwitchesPerRequest + costs.InvoluntarySwitchesPerRequest;
}
