using Rondo.Charts.Scenes;

namespace Rondo.Charts.Plots;

/// <summary>
/// One value over time, small: a line above its own shade, lines across where something begins to matter, and nothing
/// else. A value that is not a number interrupts the line. What is above a line across that is bad stands out.
/// </summary>
/// <param name="Title">What the chart is.</param>
/// <param name="Description">What it shows.</param>
/// <param name="From">Where the time begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Points">The values, by time.</param>
internal sealed record LevelChart(
    string Title, string Description, double From, double To, IReadOnlyList<LinePoint> Points)
{
    private const double Step = 10;
    private const double LeastSpan = 40;
    private const double UsualFloor = 30;
    private const double Gap = 6;

    /// <summary>The lines across, lowest first.</summary>
    public IReadOnlyList<LevelMark> Marks { get; init; } = [];

    /// <summary>What is written below moments, in order of time.</summary>
    public IReadOnlyList<(double At, string Text)> Times { get; init; } = [];

    /// <summary>What is said in place of a line when there is no value.</summary>
    public string Nothing { get; init; } = "no data";

    public Scene Draw(ChartSize size)
    {
        var frame = new Frame(this, size);
        List<SceneElement> elements = [.. frame.Ground()];
        foreach (var run in Runs())
        {
            var line = run.Select(frame.At).ToList();
            elements.Add(new ScenePath([new(line[0].X, frame.Bottom), .. line, new(line[^1].X, frame.Bottom)])
            {
                Fill = ColorRole.Band,
            });
            elements.Add(new ScenePath(line) { Stroke = new SceneStroke(ColorRole.Accent, 1.8) });
            if (run.Count == 1)
            {
                elements.Add(new SceneMarker(line[0], MarkerShape.Circle, 2, ColorRole.Accent));
            }
        }

        foreach (var limit in Marks.Where(m => m.Role is ColorRole.Bad))
        {
            elements.AddRange(Above(limit.Value).Select(part =>
                new ScenePath([.. part.Select(frame.At)]) { Stroke = new SceneStroke(ColorRole.Bad, 2.4) }));
        }

        elements.AddRange(frame.Words());
        if (!Points.Any(IsShown))
        {
            elements.Add(frame.Silence());
        }

        return new Scene(size.Width, size.Height, Title, Description, elements);
    }

    private bool IsShown(LinePoint point) => double.IsFinite(point.Y) && point.X >= From && point.X <= To;

    private IEnumerable<List<LinePoint>> Runs()
    {
        var run = new List<LinePoint>();
        foreach (var point in Points)
        {
            if (IsShown(point))
            {
                run.Add(point);
            }
            else if (run.Count > 0)
            {
                yield return run;
                run = [];
            }
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }

    /// <summary>The parts of the line that lie above a value, cut where they cross it.</summary>
    private IEnumerable<List<LinePoint>> Above(double limit)
    {
        foreach (var run in Runs())
        {
            var part = new List<LinePoint>();
            for (var i = 0; i < run.Count; i++)
            {
                if (i > 0 && run[i - 1].Y > limit != run[i].Y > limit)
                {
                    var (before, after) = (run[i - 1], run[i]);
                    var share = (limit - before.Y) / (after.Y - before.Y);
                    part.Add(new LinePoint(before.X + (share * (after.X - before.X)), limit));
                }

                if (run[i].Y > limit)
                {
                    part.Add(run[i]);
                }
                else if (part.Count > 1)
                {
                    yield return part;
                    part = [];
                }
                else
                {
                    part.Clear();
                }
            }

            if (part.Count > 1)
            {
                yield return part;
            }
        }
    }

    /// <summary>Where the values of a chart lie in its room.</summary>
    private sealed class Frame
    {
        private readonly LevelChart _chart;
        private readonly ChartSize _size;
        private readonly double _low;
        private readonly double _high;

        public Frame(LevelChart chart, ChartSize size)
        {
            (_chart, _size) = (chart, size);
            var values = chart.Points.Where(chart.IsShown).Select(p => p.Y)
                .Concat(chart.Marks.Select(m => m.Value)).ToList();
            _low = Math.Floor(Math.Min(UsualFloor, values.DefaultIfEmpty(UsualFloor).Min()) / Step) * Step;
            _high = Math.Max(_low + LeastSpan, values.DefaultIfEmpty(0).Max() + (Step / 2));
            Top = Math.Round(size.FontSize * 0.6);
            Bottom = Math.Round(size.Height - (chart.Times.Count > 0 ? size.Line * 1.15 : 2));
            var words = chart.Marks.Select(m => size.TextWidth(m.Text)).DefaultIfEmpty(0).Max();
            Right = Math.Round(size.Width - (words > 0 ? words + Gap : 0));
        }

        public double Top { get; }

        public double Right { get; }

        public double Bottom { get; }

        public ScenePoint At(LinePoint point) => new(X(point.X), Y(point.Y));

        public IEnumerable<SceneElement> Ground()
        {
            yield return new SceneLine(
                new ScenePoint(0, Bottom), new ScenePoint(Right, Bottom), new SceneStroke(ColorRole.Axis, 1));
            foreach (var mark in _chart.Marks)
            {
                var y = Math.Round(Y(mark.Value));
                yield return new SceneLine(
                    new ScenePoint(0, y), new ScenePoint(Right, y),
                    new SceneStroke(mark.Role, 1, DashStyle.Dashed));
            }
        }

        public IEnumerable<SceneElement> Words()
        {
            // From the top down, so that two lines that lie close together do not write over each other.
            var free = double.NegativeInfinity;
            foreach (var mark in _chart.Marks.Reverse())
            {
                var y = Math.Max(Y(mark.Value) + (_size.FontSize * 0.35), free + (_size.FontSize * 1.05));
                free = y;
                yield return new SceneText(
                    new ScenePoint(_size.Width, y), mark.Text, ColorRole.Muted, _size.FontSize)
                {
                    Anchor = TextAnchor.End,
                };
            }

            foreach (var (at, text) in _chart.Times)
            {
                var half = _size.TextWidth(text) / 2;
                var x = X(at);
                var anchor = x - half < 0 ? TextAnchor.Start : x + half > Right ? TextAnchor.End : TextAnchor.Middle;
                yield return new SceneText(
                    new ScenePoint(x, _size.Height - (_size.FontSize * 0.25)), text, ColorRole.Muted, _size.FontSize)
                {
                    Anchor = anchor,
                };
            }
        }

        public SceneText Silence() => new(
            new ScenePoint(Right / 2, (Top + Bottom) / 2), _chart.Nothing, ColorRole.Muted, _size.FontSize)
        {
            Anchor = TextAnchor.Middle,
        };

        private double X(double x) => (x - _chart.From) / (_chart.To - _chart.From) * Right;

        private double Y(double y) => Bottom - (Math.Clamp((y - _low) / (_high - _low), 0, 1) * (Bottom - Top));
    }
}
