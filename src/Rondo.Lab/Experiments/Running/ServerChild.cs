using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rondo.Lab.Measuring;
using Rondo.Lab.Models;

namespace Rondo.Lab.Experiments.Running;

/// <summary>
/// A model as a process of its own, for one round. The end of its input ends it, so it never outlives this process.
/// </summary>
/// <threadsafety>One caller at a time.</threadsafety>
internal sealed partial class ServerChild : IAsyncDisposable
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_endLimit = TimeSpan.FromMilliseconds(300);

    private readonly Process _process;
    private readonly ConcurrentQueue<ModelSecond> _seconds = new();
    private readonly Channels _asked = new();
    private readonly Task _reading;
    private readonly TaskCompletionSource<Uri> _listening = new();

    private ServerChild(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    public int Id => _process.Id;

    /// <summary>Starts a server, and waits until it listens.</summary>
    /// <param name="arguments">What follows <c>rondo lab serve</c>.</param>
    /// <param name="environment">Further environment variables.</param>
    /// <param name="processors">Where it may run; empty for anywhere.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="ExperimentException">It does not come up.</exception>
    public static async Task<(ServerChild Server, Uri Url)> StartAsync(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyList<int> processors,
        CancellationToken stop)
    {
        var start = BoundProcess.Again(
            ["lab", "serve", .. arguments, "--port", "0", "--idle-timeout", "60m", "--controlled"]);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var server = new ServerChild(BoundProcess.Start(start, processors)
            ?? throw new ExperimentException("The server process did not start."));
        try
        {
            return (server, await server._listening.Task.WaitAsync(s_startLimit, stop));
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>What it is at, now; null if it does not say.</summary>
    public async Task<ModelSecond?> AskAsync()
    {
        var answer = _asked.Next();
        try
        {
            await _process.StandardInput.WriteLineAsync("?");
            await _process.StandardInput.FlushAsync();
            return await answer.WaitAsync(s_answerLimit);
        }
        catch (Exception e) when (e is IOException or TimeoutException or InvalidOperationException
            or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Takes what it has said since the last call, in order.</summary>
    public IReadOnlyList<ModelSecond> TakeSeconds()
    {
        var taken = new List<ModelSecond>();
        while (_seconds.TryDequeue(out var second))
        {
            taken.Add(second);
        }

        return taken;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            using var limit = new CancellationTokenSource(s_endLimit);
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                if (line.StartsWith('{'))
                {
                    var second = JsonSerializer.Deserialize(line, ModelJsonContext.Default.ModelSecond)!;
                    _seconds.Enqueue(second);
                    if (second.IsAsked)
                    {
                        _asked.Answer(second);
                    }
                }
                else if (Address().Match(line) is { Success: true } match)
                {
                    _listening.TrySetResult(new Uri(match.Value));
                }
            }

            var error = (await _process.StandardError.ReadToEndAsync()).Trim();
            _listening.TrySetException(new ExperimentException($"The server process has ended. {error}"));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            _listening.TrySetException(new ExperimentException($"The server process says nothing: {e.Message}"));
        }

        _asked.End();
    }

    [GeneratedRegex(@"http://\S+/")]
    private static partial Regex Address();

    // Who waits for an answer, in the order of the questions.
    private sealed class Channels
    {
        private readonly ConcurrentQueue<TaskCompletionSource<ModelSecond?>> _waiting = new();
        private volatile bool _isOver;

        public Task<ModelSecond?> Next()
        {
            var promise = new TaskCompletionSource<ModelSecond?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(promise);
            if (_isOver)
            {
                End();
            }

            return promise.Task;
        }

        public void Answer(ModelSecond second)
        {
            if (_waiting.TryDequeue(out var promise))
            {
                promise.TrySetResult(second);
            }
        }

        public void End()
        {
            _isOver = true;
            while (_waiting.TryDequeue(out var promise))
            {
                promise.TrySetResult(null);
            }
        }
    }
}
