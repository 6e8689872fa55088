using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Rondo.Workshop;

/// <summary>A program at work, and what it says.</summary>
internal sealed partial class RunningExercise : IDisposable
{
    /// <summary>Ten times what the slowest takes, so that a busy machine is no reason.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = [];
    private readonly ConcurrentQueue<string> _errors = [];
    private readonly TaskCompletionSource<Uri?> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RunningExercise(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is not null)
            {
                _errors.Enqueue(e.Data);
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Lines, first those of standard output.</summary>
    public IReadOnlyList<string> Lines => [.. _output, .. _errors.TakeWhile(line => !IsFailure(line))];

    /// <summary>What ended it; null if nothing did.</summary>
    public string? Failure => _errors.FirstOrDefault(IsFailure);

    /// <summary>Null while it runs.</summary>
    public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    /// <summary>Where it listens; null if it ends, or the time is over, before it says so.</summary>
    public async Task<Uri?> AddressAsync()
    {
        await Task.WhenAny(_address.Task, Task.Delay(Limit));
        return _address.Task.IsCompleted ? await _address.Task : null;
    }

    /// <summary>Waits for its end; false if it still runs when the time is over.</summary>
    public async Task<bool> EndAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);

        // Until then its file is held.
        _process.WaitForExit();
        _process.Dispose();
    }

    private static bool IsFailure(string line) => line.StartsWith("Unhandled exception", StringComparison.Ordinal);

    private void Take(string? line)
    {
        if (line is null)
        {
            _address.TrySetResult(null);
            return;
        }

        _output.Enqueue(line);
        if (Listening().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Groups["url"].Value));
        }
    }

    [GeneratedRegex(@"listening on (?<url>http://127\.0\.0\.1:\d+/)")]
    private static partial Regex Listening();
}
