using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Rondo.Services.Tests.Support;

/// <summary>Keeps what a server logs, and lets a test wait for a line.</summary>
internal sealed class LogCapture : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _arrived = new(0);

    public IEnumerable<string> Lines => _lines;

    /// <summary>The first line, old or new, that contains <paramref name="text"/>.</summary>
    public async Task<string> WaitForAsync(string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            if (_lines.FirstOrDefault(l => l.Contains(text, StringComparison.Ordinal)) is { } line)
            {
                return line;
            }

            await _arrived.WaitAsync(limit.Token);
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose() => _arrived.Dispose();

    private sealed class Logger(LogCapture capture, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            capture._lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
            capture._arrived.Release();
        }
    }
}
