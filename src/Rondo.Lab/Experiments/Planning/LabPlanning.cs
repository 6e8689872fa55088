using System.Globalization;
using Rondo.Lab.Load;
using Rondo.Lab.Load.Tool;
using Rondo.Lab.Models;

namespace Rondo.Lab.Experiments.Planning;

/// <summary>Makes an experiment from what the user asked for; what cannot be is refused in one sentence.</summary>
internal static class LabPlanning
{
    public const string AllModels = "sync,broken,loop,pool:64,thread,proc:8,exec:32,kestrel";

    /// <summary>How many connections an open load begins with.</summary>
    public const int DefaultOpenConnections = 256;

    private const string DefaultWork = "io:50ms";
    private const string UrlPrefix = "url:";
    private const int MostConnections = 100_000;
    private const int MostRounds = 100;
    private static readonly int[] s_connections = [1, 4, 16, 64, 256, 1024];

    /// <exception cref="ExperimentException">The options do not make an experiment.</exception>
    public static Experiment Plan(LabOptions options)
    {
        var work = options.Work ?? DefaultWork;
        var experiment = new Experiment
        {
            Title = work,
            Question = work.StartsWith(UrlPrefix, StringComparison.Ordinal)
                ? $"How much does {work[UrlPrefix.Length..]} serve?"
                : $"Which model serves {work} best, and what does each one cost?",
            Work = work,
            Variants = Variants(options, work),
            Connections = Connections(options.Connections, options.Rate is not null),
            Command = options.Command,
        };
        return Adjust(experiment, options);
    }

    /// <summary>Puts the settings that were given over those of an experiment.</summary>
    /// <exception cref="ExperimentException">One of them cannot be.</exception>
    public static Experiment Adjust(Experiment experiment, LabOptions options)
    {
        Require(options.Rounds is null or (>= 1 and <= MostRounds), "--rounds must be 1 to 100");
        _ = Rate(options);

        // A scenario knows how long it has to be watched.
        var isQuickRun = options.Quick && experiment.Scenario is null;
        return experiment with
        {
            Rounds = options.Rounds ?? (options.Quick ? 1 : experiment.Rounds),
            Seconds = Seconds("--duration", options.Duration) ?? (isQuickRun ? 3 : experiment.Seconds),
            WarmupSeconds = options.Warmup is null or "auto"
                ? experiment.WarmupSeconds
                : Seconds("--warmup", options.Warmup, mayBeZero: true),
            Seed = options.Seed ?? experiment.Seed,
            IsQuick = options.Quick,
            Connections = options.Connections is null ? experiment.Connections : Connections(options.Connections, isOpen: false),
        };
    }

    /// <summary>Reads <c>1,4,16</c>, or <c>1..1024</c>, which doubles.</summary>
    /// <exception cref="ExperimentException">It is neither.</exception>
    public static IReadOnlyList<int> Connections(string? text, bool isOpen)
    {
        if (text is null)
        {
            return isOpen ? [DefaultOpenConnections] : s_connections;
        }

        var found = new SortedSet<int>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split("..");
            Require(ends.Length <= 2, Mistake(text));
            var (from, to) = (Number(ends[0], text), Number(ends[^1], text));
            Require(from <= to, Mistake(text));
            for (var count = from; count <= to; count *= 2)
            {
                found.Add(count);
            }
        }

        return [.. found];
    }

    private static IReadOnlyList<Variant> Variants(LabOptions options, string work)
    {
        if (work.StartsWith(UrlPrefix, StringComparison.Ordinal))
        {
            Require(options.Models is null, "--models is not for url:, which is one server that is there already");
            Require(
                Uri.TryCreate(work[UrlPrefix.Length..], UriKind.Absolute, out var url) && url.Scheme is "http" or "https",
                $"'{work[UrlPrefix.Length..]}' is no URL such as http://127.0.0.1:8080/");
            return [new Variant("url", null, null) { Target = url, Rate = Rate(options) }];
        }

        var isHandler = HandlerWork.Is(work);
        if (isHandler && HandlerWork.Load(work).Mistake is { } mistake)
        {
            throw new ExperimentException(mistake, LoadExit.Usage);
        }

        var spec = isHandler ? null : WorkSpec.Parse(work);
        Require(isHandler || spec is not null, $"There is no work '{work}': {WorkSpec.Forms}, {HandlerWork.Form}, url:URL");
        var names = (options.Models ?? (isHandler ? AllModels.Replace("proc:8,", "", StringComparison.Ordinal) : AllModels))
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Require(names.Length > 0, "--models names no model");
        Require(names.Distinct().Count() == names.Length, "--models names a model twice");
        foreach (var name in names)
        {
            Require(
                ModelCatalog.Find(name) is not null,
                $"There is no model '{name}': {string.Join(", ", ModelCatalog.Names)}");
            Require(
                !isHandler || !name.StartsWith("proc", StringComparison.Ordinal),
                $"'{name}' cannot run a handler: only the lab's own work goes to other processes");
        }

        var rate = Rate(options);
        return [.. names.Select(name => new Variant(name, ModelCatalog.WithSize(name), spec)
        {
            ServeArguments = ["--work", work],
            Rate = rate,
        })];
    }

    /// <exception cref="ExperimentException">It is not so.</exception>
    public static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ExperimentException(message, LoadExit.Usage);
        }
    }

    private static double? Rate(LabOptions options)
    {
        if (options.Rate is not { } text)
        {
            return null;
        }

        Require(
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate)
                && rate is > 0 and <= LoadPlanning.HighestRate,
            $"--rate: '{text}' is no rate above 0 and at most {LoadPlanning.HighestRate:0}");
        return rate;
    }

    private static double? Seconds(string option, string? text, bool mayBeZero = false)
    {
        if (text is null)
        {
            return null;
        }

        Require(
            Quantity.TrySeconds(text, out var seconds) && seconds <= 3600 && (seconds > 0 || (mayBeZero && seconds == 0)),
            $"{option} must be a duration such as 2s or 500ms, up to an hour");
        return seconds;
    }

    private static int Number(string text, string whole)
    {
        Require(
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number is >= 1 and <= MostConnections,
            Mistake(whole));
        return number;
    }

    private static string Mistake(string text) =>
        $"--connections: '{text}' is neither a list such as 1,4,16 nor a range such as 1..1024, which doubles";
}
