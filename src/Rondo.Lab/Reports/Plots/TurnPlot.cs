using System.Globalization;
using Rondo.Charts.Plots;
using Rondo.Charts.Scales;
using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Reports.Plots;

/// <summary>The longest turn of each second of the models that have an event loop, to scale.</summary>
internal static class TurnPlot
{
    public static TurnTimeline? Of(ResultView view)
    {
        var rows = view.Models.Select(m => Row(view, m)).OfType<TurnRow>().ToList();
        return rows.Count == 0 ? null : new TurnTimeline(
            $"Turns of the event loop at {ResultView.Connections(view.Focus)}",
            "For each second of all rounds, one after another, the longest turn of the loop, as long as it was. "
                + "Whoever else had a request waited for it.",
            rows);
    }

    private static TurnRow? Row(ResultView view, string model)
    {
        List<LoopTurn> turns = [];
        var (start, count, longTurns, longest) = (0.0, 0L, 0L, 0.0);
        foreach (var cell in view.Cells(model))
        {
            foreach (var second in cell.ServerSeconds.Where(s => s.Turns is not null))
            {
                var seconds = (second.LongestTurnMs ?? 0) / 1000;

                // A second is told of when it is over.
                turns.Add(new LoopTurn(start + Math.Max(0, second.Second - seconds), seconds, second.LongTurns > 0));
                (count, longTurns) = (count + second.Turns!.Value, longTurns + (second.LongTurns ?? 0));
                longest = Math.Max(longest, seconds);
            }

            start += Length(cell);
        }

        return turns.Count == 0 ? null : new TurnRow(
            model,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{count:#,0} turn{(count == 1 ? "" : "s")}, {(longTurns == 0 ? "none" : $"{longTurns:#,0}")} over 100 ms")
                + ", the longest " + NumberText.Duration(longest),
            view.StyleOf(model),
            turns);
    }

    private static double Length(LabCell cell) =>
        Math.Max(cell.ElapsedSeconds, cell.ServerSeconds.Select(s => s.Second).DefaultIfEmpty(0).Max());
}
