namespace Rondo.Lab.Experiments.Judging;

/// <summary>What a warning means, and what to do.</summary>
/// <param name="Code">Its stable name.</param>
/// <param name="Meaning">What has to be so, in a sentence.</param>
/// <param name="Reason">Why it matters.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record Explanation(string Code, string Meaning, string Reason, string Remedy)
{
    public static IReadOnlyList<Explanation> All { get; } =
    [
        new(
            "steal",
            "The host of this virtual machine gives less than 0.5 % of its processor time to others.",
            "What it takes is missing in the middle of requests, and shows as their latency.",
            "Run on a machine of your own, or when the host is quiet."),
        new(
            "throttling",
            "The control group (a container's limit) never stops us.",
            "Once its time for a period (mostly 100 ms) is used up, everything stands still until the next one.",
            "Raise or remove the limit of the container: docker's --cpus, the limits of a pod."),
        new(
            "foreign-cpu",
            "Other processes use less than 5 % of a processor.",
            "They take time from the server in one round and not in another.",
            "End them: a build, an editor's indexer, a browser. 'top' shows them."),
        new(
            "calibration",
            "A fixed piece of computing takes as long as at the start, within 3 %.",
            "The processor has become slower or quicker: heat, a frequency governor, a neighbour on the same core.",
            "Set the governor to performance, cool the machine, or wait."),
        new(
            "generator-cpu",
            "The generator's thread uses at most 80 % of a processor.",
            "Beyond, the figures are what the generator can do, not the server.",
            "Take fewer connections or costlier work; compare what is left of the levels below."),
        new(
            "generator-starved",
            "The generator's thread waits for a processor in less than 10 % of the time.",
            "It answers late then, and this counts as the server's latency.",
            "Give it a processor of its own: a machine with more of them, or nothing else on this one."),
        new(
            "lateness",
            "At a rate, 99 % of the requests are sent within 1 ms, or a tenth of the median, of when they are due.",
            "The generator did not keep its schedule, and that is in the latencies.",
            "Take a lower rate, or free the generator's processor."),
        new(
            "little",
            "Throughput times mean time gives the number of connections, within 5 % over the rounds.",
            "Little's law holds for every system that is in balance; where it does not hold, requests are missing in the "
                + "figures.",
            "Measure for longer: --duration. Look at the errors: a connection that waits to try again is not busy."),
        new(
            "errors",
            "No request fails.",
            "An error may be much quicker than an answer, and then a broken server looks fast.",
            "See the column of errors and what is said of the first one; fewer connections, or a higher limit of "
                + "descriptors (ulimit -n)."),
        new(
            "too-short",
            "A request of every connection takes less than one and a half times the measurement.",
            "With one at a time, 1,024 connections and 50 ms a request takes 51 s: what a few seconds show of it is how it "
                + "began.",
            "Measure for longer (--duration), or be content with the prediction, which is exact for such a server."),
        new(
            "too-few-rounds",
            "There are six rounds.",
            "With five pairs of rounds no difference whatever reaches p = 0.05; with six all of one kind does (0.031).",
            "Leave out --quick, or give --rounds 6 or more."),
    ];

    /// <summary>Null if there is no such code.</summary>
    public static Explanation? Of(string code) => All.FirstOrDefault(e => e.Code == code);
}
