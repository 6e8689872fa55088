using System.Diagnostics;

namespace Rondo.Workshop;

/// <summary>What the head of an exercise cannot say: expectations that take more than one look.</summary>
internal static class Probes
{
    private static readonly Dictionary<string, Func<Trial, Uri?, Task>> ById = new()
    {
        ["part1.10"] = (trial, _) => AskedAsync(
            trial, "/latest", 3, "'abc' is no amount whatever the rates are: answer before you ask the other server."),
        ["part2.5"] = OneAfterAnotherAsync,
        ["part2.6"] = OneAfterAnotherAsync,
        ["part2.7"] = (trial, address) => TogetherAsync(trial, address, 10),
        ["part2.8"] = (trial, address) => TogetherAsync(trial, address, 10),
        ["part2.9"] = (trial, address) => TogetherAsync(trial, address, 5),
        ["part3.3"] = BothDaysAsync,
        ["part3.5"] = SameTypeAsync,
        ["part3.6"] = (trial, _) => AskedAsync(
            trial, "/workshop/weather/today", 1, "Who has no key that counts must not reach the weather at all."),
    };

    /// <summary>Before the program is asked for anything.</summary>
    public static void Prepare(Trial trial) =>
        trial.Upstream.WaitsForBothDays = ById.GetValueOrDefault(trial.Exercise.Id) == BothDaysAsync;

    /// <summary>When it has done all that its head says.</summary>
    public static Task RunAsync(Trial trial, Uri? address) =>
        ById.TryGetValue(trial.Exercise.Id, out var probe) ? probe(trial, address) : Task.CompletedTask;

    private static Task AskedAsync(Trial trial, string path, int times, string hint)
    {
        var asked = trial.Upstream.Asked(path);
        trial.Verdict.Expect(
            asked == times, $"the other server was to be asked for {path} {times} times; it was {asked} times", hint);
        return Task.CompletedTask;
    }

    // It holds the first day back until the second is asked for, so no clock is needed.
    private static Task BothDaysAsync(Trial trial, Uri? address)
    {
        trial.Verdict.Expect(
            trial.Upstream.SawBothDays,
            "both days are asked for at once; the second came only when the first had been answered",
            "Call TemperatureAsync twice before the first 'await'.");
        return Task.CompletedTask;
    }

    private static async Task SameTypeAsync(Trial trial, Uri? address)
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(address!, "weather"));
        var type = answer.Content.Headers.ContentType?.MediaType;
        trial.Verdict.Expect(
            type == "application/json",
            $"the type that the service gave, application/json; it is {type}",
            "answer.Content.Headers.ContentType goes on with the body.");
    }

    // A thread may wake a moment early, by the clock of another.
    private static async Task OneAfterAnotherAsync(Trial trial, Uri? address)
    {
        var took = await TimeAsync(address!, 3);
        trial.Verdict.Expect(
            took > TimeSpan.FromSeconds(2.9),
            $"three requests that come together take 3 s; they took {took.TotalSeconds:0.0} s",
            "Thread.Sleep(1000) on the thread that serves all: this exercise is about what goes wrong.");
    }

    // One after another they would take a second each; what is left is for a busy machine.
    private static async Task TogetherAsync(Trial trial, Uri? address, int requests)
    {
        var took = await TimeAsync(address!, requests);
        trial.Verdict.Expect(
            took < TimeSpan.FromSeconds(requests - 0.1),
            $"{requests} requests that come together are served together; they took {took.TotalSeconds:0.0} s",
            "Something blocks the loop: RONDO_DEBUG=1 names the line.");
    }

    private static async Task<TimeSpan> TimeAsync(Uri address, int requests)
    {
        using var client = new HttpClient { Timeout = RunningExercise.Limit };
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, requests).Select(_ => client.GetStringAsync(address)));
        return Stopwatch.GetElapsedTime(started);
    }
}
