using System.Globalization;
using Rondo.Lab.Experiments.Judging;
using Rondo.Lab.Load;
using Rondo.Lab.Reports;
using Rondo.Lab.Statistics;

namespace Rondo.Lab;

/// <summary><c>rondo lab fit</c>: curves through throughput against concurrency, from a CSV.</summary>
internal static class FitTool
{
    private const int Seed = 42;

    /// <param name="input">A line per point: concurrency, throughput; a heading and empty lines do not count.</param>
    /// <param name="name">Of the input, for messages.</param>
    /// <param name="output">Takes the report.</param>
    /// <param name="error">Takes what went wrong.</param>
    public static int Run(TextReader input, string name, TextWriter output, TextWriter error)
    {
        var (points, number) = (new List<(double N, double X)>(), 0);
        while (input.ReadLine() is { } line)
        {
            number++;
            var fields = line.Split([',', ';', '\t'], StringSplitOptions.TrimEntries);
            if (line.Trim().Length == 0 || line.StartsWith('#') || (number == 1 && !Reads(fields[0], out _)))
            {
                continue;
            }

            if (fields.Length != 2 || !Reads(fields[0], out var n) || !Reads(fields[1], out var x) || n < 1 || x <= 0)
            {
                error.WriteLine(
                    $"rondo: {name}, line {number}: '{line}' is no point such as 4,80: concurrency from 1, throughput "
                        + "above 0");
                return LoadExit.Usage;
            }

            points.Add((n, x));
        }

        var fits = CurveFit.Both(points, Seed);
        if (fits.Count == 0)
        {
            error.WriteLine($"rondo: {name}: at least two different numbers of connections are needed");
            return LoadExit.Usage;
        }

        var said = FitSummary.Of("", points, Seed).ToList();
        foreach (var (fit, summary) in fits.Zip(said))
        {
            output.Write($"{(summary.IsChosen ? "best " : "     ")}{Name(fit.Kind)}, AICc {Figure.Number(fit.Aicc)}\n");
            foreach (var (parameter, value) in fit.Parameters)
            {
                output.Write($"     {parameter,-8} {Digits(value.Value)}  [{Digits(value.Low)}, {Digits(value.High)}]\n");
            }

            output.Write($"     {summary.Text}\n");
        }

        if (points.Select(p => p.N).Distinct().Count() < CurveFit.FewestForLaw)
        {
            output.Write($"     for the scalability law, {CurveFit.FewestForLaw} different loads are needed\n");
        }

        return LoadExit.Ok;
    }

    private static string Name(string kind) => kind == CurveFit.Law
        ? "universal scalability law: lambda N / (1 + sigma (N-1) + kappa N (N-1))"
        : "bounds: the smaller of lambda N and the ceiling";

    private static string Digits(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private static bool Reads(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
