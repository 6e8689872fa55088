using System.Diagnostics;
using System.Net.WebSockets;

namespace ChaosProgram;

/// <summary>Who follows the room over one connection after another, each from where the last one was.</summary>
internal abstract class ChaosClient(ChaosScene scene, string name, Random random)
{
    private const int ShortestPauseMs = 5;
    private const int LongestPauseMs = 150;

    // Of the connection at present; cancelled, it is cut.
    private CancellationTokenSource? _connection;

    public string Name => name;

    /// <summary>What it saw.</summary>
    public SeenLog Log { get; } = scene.Checker.Watch(name);

    /// <summary>Whether all that it did has been answered.</summary>
    public virtual bool IsSettled => true;

    /// <summary>What waits for an answer, for who looks into a run that did not end.</summary>
    public virtual string Pending => "";

    protected ChaosScene Scene => scene;

    protected Random Random => random;

    /// <summary>Whether it has nothing left to do or to see.</summary>
    protected bool IsDone => IsSettled && Log.Last >= scene.End;

    /// <summary>Until the scene has an end, and it has seen that.</summary>
    public async Task RunAsync(CancellationToken giveUp)
    {
        while (!IsDone && !giveUp.IsCancellationRequested)
        {
            using var connection = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
            Volatile.Write(ref _connection, connection);
            try
            {
                await ConverseAsync(Stopwatch.GetTimestamp(), connection.Token);
            }
            catch (Exception cut)
                when (cut is WebSocketException or IOException or HttpRequestException or OperationCanceledException)
            {
                await Task.Delay(random.Next(ShortestPauseMs, LongestPauseMs), CancellationToken.None);
            }
        }
    }

    /// <summary>Breaks its connection off.</summary>
    public void Cut()
    {
        try
        {
            Volatile.Read(ref _connection)?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>One connection, from hello to its end; returns when it is done.</summary>
    protected abstract Task ConverseAsync(long since, CancellationToken cancellation);
}
