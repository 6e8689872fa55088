using System.Globalization;
using Rondo.Runtime;

namespace Rondo.Lab.Models;

/// <summary>
/// What a request costs its server: a wait, processor time, memory. Both ways of doing it cost the same.
/// </summary>
/// <param name="Wait">How long it waits for something outside, at no cost.</param>
/// <param name="Compute">How long it keeps one processor busy.</param>
/// <param name="MemoryBytes">How much memory it takes and touches.</param>
internal sealed record WorkSpec(TimeSpan Wait, TimeSpan Compute, int MemoryBytes)
{
    /// <summary>How it is written.</summary>
    public const string Forms = "io:50ms, cpu:20ms, mem:1MiB, mix:45ms+5ms";

    private const int PageBytes = 4096;

    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    private static readonly Dictionary<string, double> s_milliseconds = new()
    {
        ["us"] = 0.001,
        ["ms"] = 1,
        ["s"] = 1000,
        ["m"] = 60_000,
    };

    private static readonly Dictionary<string, int> s_bytes = new()
    {
        ["B"] = 1,
        ["KiB"] = 1024,
        ["MiB"] = 1024 * 1024,
    };

    /// <summary>What the talks' servers do: one second's wait.</summary>
    public static WorkSpec Default { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.Zero, 0);

    /// <summary>Reads one of the <see cref="Forms"/>.</summary>
    public static WorkSpec? Parse(string text) => text.Split(':', 2) switch
    {
        ["io", var wait] when Time(wait) is { } time => new WorkSpec(time, TimeSpan.Zero, 0),
        ["cpu", var compute] when Time(compute) is { } time => new WorkSpec(TimeSpan.Zero, time, 0),
        ["mem", var memory] when Size(memory) is { } size => new WorkSpec(TimeSpan.Zero, TimeSpan.Zero, size),
        ["mix", var both] when both.Split('+') is [var wait, var compute]
            && Time(wait) is { } first && Time(compute) is { } second => new WorkSpec(first, second, 0),
        _ => null,
    };

    /// <summary>Reads a time, <c>50ms</c> for example, up to an hour.</summary>
    public static TimeSpan? Time(string text) =>
        Number(text, s_milliseconds) is { } milliseconds && milliseconds <= s_longest.TotalMilliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null;

    /// <summary>Does it as code that knows of no event loop: the thread waits.</summary>
    public void DoBlocking()
    {
        if (Wait > TimeSpan.Zero)
        {
#pragma warning disable RS0030 // To hold the thread up is what this work is for.
            Thread.Sleep(Wait);
#pragma warning restore RS0030
        }

        UseMachine();
    }

    /// <summary>Does it as code that awaits: the thread, or the loop, is free during the wait, and only then.</summary>
    public async ValueTask DoAsync()
    {
        if (Wait > TimeSpan.Zero)
        {
            await (EventLoop.Running is { } loop ? loop.Delay(Wait) : Task.Delay(Wait, TimeProvider.System));
        }

        UseMachine();
    }

    private static int? Size(string text) =>
        Number(text, s_bytes.ToDictionary(unit => unit.Key, unit => (double)unit.Value)) is { } bytes and <= 1 << 30
            ? (int)bytes
            : null;

    private static double? Number(string text, IReadOnlyDictionary<string, double> units)
    {
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c is '.').Count();
        return double.TryParse(
                text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && units.TryGetValue(text[digits..], out var unit)
            ? number * unit
            : null;
    }

    private void UseMachine()
    {
        BusyProcessor.Burn(Compute);
        if (MemoryBytes > 0)
        {
            var memory = GC.AllocateUninitializedArray<byte>(MemoryBytes);
            for (var at = 0; at < memory.Length; at += PageBytes)
            {
                memory[at] = 1;
            }

            GC.KeepAlive(memory);
        }
    }
}
