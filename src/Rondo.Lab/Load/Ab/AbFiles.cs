using System.Globalization;
using System.Text;
using Rondo.Lab.Load.Engine;

namespace Rondo.Lab.Load.Ab;

/// <summary>The two files that ab writes: percentages for a spreadsheet, and every request for gnuplot.</summary>
internal static class AbFiles
{
    private const double Millisecond = 1e6;

    /// <summary><c>-e</c>: 0 to 100 percent.</summary>
    public static string Percentages(IReadOnlyList<RequestTimes> requests)
    {
        var total = new AbStatistics(requests.Select(r => r.Whole));
        var text = new StringBuilder("Percentage served,Time in ms\n");
        for (var percent = 0; percent <= 100; percent++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{percent},{total.At(percent):0.000}\n");
        }

        return text.ToString();
    }

    /// <summary><c>-g</c>: one line per request, the quickest first.</summary>
    public static string Requests(IReadOnlyList<RequestTimes> requests, DateTimeOffset start)
    {
        var text = new StringBuilder("starttime\tseconds\tctime\tdtime\tttime\twait\n");
        foreach (var request in requests.OrderBy(r => r.Whole))
        {
            var at = start.AddTicks(request.Start / 100).ToLocalTime();
            text.Append(
                CultureInfo.InvariantCulture,
                $"{at:ddd MMM} {at.Day,2} {at:HH:mm:ss yyyy}\t{at.ToUnixTimeSeconds()}\t{Whole(request.Connecting)}\t")
                .Append(CultureInfo.InvariantCulture, $"{Whole(request.Whole - request.Connecting)}\t")
                .Append(CultureInfo.InvariantCulture, $"{Whole(request.Whole)}\t{Whole(request.FirstByte)}\n");
        }

        return text.ToString();
    }

    private static long Whole(long nanoseconds) => AbStatistics.Whole(nanoseconds / Millisecond);
}
