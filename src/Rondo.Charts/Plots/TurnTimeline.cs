using System.Globalization;
using Rondo.Charts.Scales;
using Rondo.Charts.Scenes;

namespace Rondo.Charts.Plots;

/// <summary>
/// The turns of event loops over time: a bar for each, another colour for those that held everybody up.
/// </summary>
/// <param name="Title">What the chart is.</param>
/// <param name="Description">What it shows.</param>
/// <param name="Rows">A loop each.</param>
internal sealed record TurnTimeline(string Title, string Description, IReadOnlyList<TurnRow> Rows)
{
    private const double Narrowest = 1;
    private const double LargestShare = 0.26;

    public Scene Draw(ChartSize size)
    {
        var bar = size.IsTerminal ? size.Line : 24;
        var rowHeight = size.IsTerminal ? size.Line * 3 : (size.Line * (size.IsNarrow ? 2 : 1.1)) + bar + 12;
        var names = Rows.Select(r => LabelText.Clean(r.Name)).ToList();
        var widest = names.Select(n => size.TextWidth(n, isBold: true)).DefaultIfEmpty(0).Max();
        var left = size.IsNarrow ? 0 : Math.Min(widest + 14, size.Width * LargestShare);
        var right = size.Width - 8;
        var end = Rows.SelectMany(r => Sound(r.Turns)).Select(t => t.Start + t.Seconds).DefaultIfEmpty(0).Max();
        end = end > 0 ? end : 1;
        List<SceneElement> elements = [];
        for (var i = 0; i < Rows.Count; i++)
        {
            var top = i * rowHeight;
            elements.AddRange(Head(size, Rows[i], names[i], left, top));
            var y = top + (size.Line * (size.IsNarrow ? 2 : size.IsTerminal ? 1 : 1.1));
            elements.Add(Bars(Rows[i], left, right, end, y, bar));
        }

        var bottom = Rows.Count * rowHeight;
        elements.AddRange(Times(size, left, right, end, bottom));
        return new Scene(size.Width, bottom + (size.Line * 1.6), Title, Description, elements);
    }

    private static IEnumerable<SceneElement> Head(ChartSize size, TurnRow row, string name, double left, double top)
    {
        var style = SeriesStyle.Of(row.Index);
        var beside =
            size.IsNarrow ? size.Line * 0.8 : (size.Line * (size.IsTerminal ? 1.8 : 1.1)) + (size.IsTerminal ? 0 : 16);
        yield return new SceneText(
            new ScenePoint(size.IsNarrow ? 0 : left - 14, top + beside),
            size.Fit(name, size.IsNarrow ? size.Width : left - 14, isBold: true),
            style.Label,
            size.FontSize)
        { IsBold = true, Anchor = size.IsNarrow ? TextAnchor.Start : TextAnchor.End };
        yield return new SceneText(
            new ScenePoint(left, top + (size.Line * (size.IsNarrow ? 1.7 : 0.75))),
            size.Fit(row.Note, size.Width - left),
            ColorRole.Muted,
            size.FontSize);
    }

    private static SceneGroup Bars(TurnRow row, double left, double right, double end, double y, double height)
    {
        var role = SeriesStyle.Of(row.Index).Line;
        var scale = (right - left) / end;
        var turns = Sound(row.Turns).ToList();
        List<SceneElement> bars = [new SceneRect(left, y, right - left, height, ColorRole.Track)];
        foreach (var (from, to, isLong) in turns.Count <= right - left ? Each(turns, scale) : Joined(turns, scale, end))
        {
            // Long turns that follow each other stay apart; the shortest are still seen.
            var width = Math.Max(Narrowest, Math.Min(right - left, to) - from - (isLong ? Narrowest : 0));
            bars.Add(new SceneRect(left + from, y, width, height, isLong ? ColorRole.Bad : role));
        }

        return new SceneGroup(bars) { Key = "m" + row.Index.ToString(CultureInfo.InvariantCulture) };
    }

    private static IEnumerable<(double From, double To, bool IsLong)> Each(IEnumerable<LoopTurn> turns, double scale) =>
        turns.OrderBy(t => t.Start).Select(t => (t.Start * scale, (t.Start + t.Seconds) * scale, t.IsLong));

    // More turns than there is room for: what was in each unit, the worst of it.
    private static IEnumerable<(double From, double To, bool IsLong)> Joined(
        IEnumerable<LoopTurn> turns, double scale, double end)
    {
        var kinds = new bool?[(int)Math.Ceiling(end * scale) + 1];
        foreach (var turn in turns)
        {
            var last = Math.Min(kinds.Length - 1, (int)((turn.Start + turn.Seconds) * scale));
            for (var unit = (int)(turn.Start * scale); unit <= last; unit++)
            {
                kinds[unit] = turn.IsLong || kinds[unit] == true;
            }
        }

        for (var start = 0; start < kinds.Length;)
        {
            var stop = start;
            while (stop < kinds.Length && kinds[stop] == kinds[start])
            {
                stop++;
            }

            if (kinds[start] is { } isLong)
            {
                yield return (start, stop, isLong);
            }

            start = stop;
        }
    }

    private static IEnumerable<SceneElement> Times(ChartSize size, double left, double right, double end, double top)
    {
        var scale = new LinearScale(0, end);
        foreach (var tick in scale.Ticks(Math.Clamp((int)((right - left) / 110), 2, 8)))
        {
            var x = left + (scale.Place(tick.Value) * (right - left));
            var text = NumberText.Duration(tick.Value);
            var half = size.TextWidth(text) / 2;
            yield return new SceneText(
                new ScenePoint(Math.Clamp(x, half, size.Width - half), top + size.Line), text, ColorRole.Muted,
                size.FontSize)
            { Anchor = TextAnchor.Middle };
        }
    }

    private static IEnumerable<LoopTurn> Sound(IReadOnlyList<LoopTurn> turns) =>
        turns.Where(t => double.IsFinite(t.Start) && t.Start >= 0 && double.IsFinite(t.Seconds) && t.Seconds >= 0);
}
