using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Rondo.Services.Streams.Sqlite;

/// <summary>
/// A few threads with a reading connection each: SQLite's calls are synchronous, and a request must not wait inside one.
/// </summary>
internal sealed class ReadThreads : IDisposable
{
    private const int Fewest = 2;
    private const int Most = 4;

    private readonly BlockingCollection<Action<EventQueries>> _asked = [];
    private readonly List<Thread> _threads = [];

    public ReadThreads(string path, TimeSpan patience)
    {
        for (var i = 0; i < Math.Clamp(Environment.ProcessorCount, Fewest, Most); i++)
        {
            var queries = new EventQueries(EventFile.OpenForReading(path, patience));
            var thread = new Thread(() => Run(queries)) { IsBackground = true, Name = $"rondo-events-read-{i + 1}" };
            thread.Start();
            _threads.Add(thread);
        }
    }

    /// <summary>Asks on the next free thread. The caller goes on where it came from.</summary>
    public Task<T> RunAsync<T>(Func<EventQueries, T> ask, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _asked.Add(
                queries =>
                {
                    if (cancellation.IsCancellationRequested)
                    {
                        answer.TrySetCanceled(cancellation);
                        return;
                    }

                    try
                    {
                        answer.TrySetResult(ask(queries));
                    }
                    catch (SqliteException error)
                    {
                        answer.TrySetException(SqliteError.Describe(error));
                    }
                    catch (Exception error)
                    {
                        answer.TrySetException(error);
                    }
                },
                CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            throw new EventStoreException(EventStoreFailure.Closed, "The event store is closed.");
        }

        return answer.Task;
    }

    /// <summary>Answers what was asked, then ends.</summary>
    public void Dispose()
    {
        _asked.CompleteAdding();
        _threads.ForEach(t => t.Join());
        _asked.Dispose();
    }

    private void Run(EventQueries queries)
    {
        using (queries)
        {
            foreach (var ask in _asked.GetConsumingEnumerable())
            {
                ask(queries);
            }
        }
    }
}
