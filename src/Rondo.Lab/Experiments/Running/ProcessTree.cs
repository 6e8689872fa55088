using System.Globalization;

namespace Rondo.Lab.Experiments.Running;

/// <summary>
/// What a process and all that it has started are using, from Linux's <c>/proc</c>; what has ended meanwhile counts for
/// nothing.
/// </summary>
/// <param name="CpuSeconds">User and system, of ended and awaited children as well.</param>
/// <param name="ResidentBytes">Memory in use, added up.</param>
/// <param name="Threads">Added up.</param>
/// <param name="Processes">How many live.</param>
/// <param name="VoluntarySwitches">Of the threads that live.</param>
/// <param name="InvoluntarySwitches">Of the threads that live.</param>
internal sealed record ProcessTree(
    double CpuSeconds,
    long ResidentBytes,
    int Threads,
    int Processes,
    long VoluntarySwitches,
    long InvoluntarySwitches)
{
    private const double TicksPerSecond = 100;

    private static readonly ProcessTree s_nothing = new(0, 0, 0, 0, 0, 0);

    public static ProcessTree Of(int processId)
    {
        try
        {
            var self = OfOne($"/proc/{processId}");
            return Children($"/proc/{processId}").Select(Of).Aggregate(self, (a, b) => new ProcessTree(
                a.CpuSeconds + b.CpuSeconds,
                a.ResidentBytes + b.ResidentBytes,
                a.Threads + b.Threads,
                a.Processes + b.Processes,
                a.VoluntarySwitches + b.VoluntarySwitches,
                a.InvoluntarySwitches + b.InvoluntarySwitches));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return s_nothing;
        }
    }

    private static ProcessTree OfOne(string folder)
    {
        // The name in brackets may hold anything; the third field is the first after it.
        var stat = File.ReadAllText(folder + "/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = fields[11..15].Sum(f => long.Parse(f, CultureInfo.InvariantCulture));
        var pages = long.Parse(fields[21], CultureInfo.InvariantCulture);
        var (voluntary, involuntary) = (0L, 0L);
        foreach (var thread in Directory.EnumerateDirectories(folder + "/task"))
        {
            foreach (var line in ReadLines(thread + "/status"))
            {
                voluntary += Value(line, "voluntary_ctxt_switches:");
                involuntary += Value(line, "nonvoluntary_ctxt_switches:");
            }
        }

        return new ProcessTree(
            ticks / TicksPerSecond,
            pages * Environment.SystemPageSize,
            int.Parse(fields[17], CultureInfo.InvariantCulture),
            1,
            voluntary,
            involuntary);
    }

    private static IEnumerable<int> Children(string folder) =>
        from thread in Directory.GetDirectories(folder + "/task")
        from line in ReadLines(thread + "/children")
        from id in line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        select int.Parse(id, CultureInfo.InvariantCulture);

    private static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            // The thread has ended.
            return [];
        }
    }

    private static long Value(string line, string name) => line.StartsWith(name, StringComparison.Ordinal)
        ? long.Parse(line.AsSpan(name.Length), CultureInfo.InvariantCulture)
        : 0;
}
