using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Blocking;

/// <summary>
/// In debug mode the log names the line that blocks, while it blocks. The handlers here are released only when it has;
/// so this is about real time, as the samples are.
/// </summary>
public sealed class BlockingReportTests : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly ManualResetEventSlim _release = new();
    private readonly LogList _log = new();
    private int _line;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _release.Set();
        _release.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task Wait_LongerThanTheLimit_IsNamedWithItsLine()
    {
        await using var server = await StartAsync(() =>
        {
            Here();
            _release.Wait(CancellationToken.None);
        });
        var blocked = server.Client.GetStringAsync("/block", Token);

        var report = ReportOf("ManualResetEventSlim.Wait");

        Assert.Contains(": GET /block has held its thread for 0.1", report, StringComparison.Ordinal);
        _release.Set();
        await blocked;
    }

    /// <summary>The first time it takes the loop along, and then, as it is known, a thread beside it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task WhatIsNoWait_LongerThanTheLimit_IsSampled(int times)
    {
        var isOver = false;
        var isKnown = times == 1;
        await using var server = await StartAsync(() =>
        {
            if (!isKnown)
            {
                // Long enough to be known, too short for a sample.
                SpinWait.SpinUntil(() => false, 30);
                return;
            }

            Here();
            while (!Volatile.Read(ref isOver))
            {
                _ = Math.Sqrt(times);
            }
        });
        if (!isKnown)
        {
            await server.Client.GetStringAsync("/block", Token);
            isKnown = true;
        }

        var blocked = server.Client.GetStringAsync("/block", Token);

        ReportOf("");
        Volatile.Write(ref isOver, true);
        await blocked;
    }

    [Fact]
    public async Task ShortWaits_AreNotNamed()
    {
        await using var server = await StartAsync(() => _release.Wait(10, CancellationToken.None));
        for (var i = 0; i < 20; i++)
        {
            await server.Client.GetStringAsync("/block", Token);
        }

        Assert.DoesNotContain(_log.At(LogLevel.Warning), text => text.StartsWith("Blocked", StringComparison.Ordinal));
    }

    private Task<BlockingServer> StartAsync(Action block) => BlockingServer.StartAsync(
        app => app.MapGet("/block", () =>
        {
            block();
            return "done";
        }),
        log: _log);

    private void Here([CallerLineNumber] int line = 0) => _line = line;

    private string ReportOf(string call)
    {
        string? Find() => _log.At(LogLevel.Warning).FirstOrDefault(t => t.StartsWith("Blocked", StringComparison.Ordinal));

        Assert.True(SpinWait.SpinUntil(() => Find() is not null, Guard), "Nothing was reported.");
        var report = Find()!;
        Assert.Matches($@"^Blocked in {call}.* at .*BlockingReportTests\.cs:(\d+): ", report);
        var named = int.Parse(
            System.Text.RegularExpressions.Regex.Match(report, @"\.cs:(\d+): ").Groups[1].Value,
            System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(named, _line + 1, _line + 4);
        return report;
    }
}
