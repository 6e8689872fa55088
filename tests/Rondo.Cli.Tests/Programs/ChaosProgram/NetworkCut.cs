namespace ChaosProgram;

/// <summary>A cut of the network before a server, until it ends.</summary>
/// <param name="kind">What becomes of what is said.</param>
/// <param name="from">The only node that it concerns; null for everybody. Refusing concerns all.</param>
internal sealed class NetworkCut(CutKind kind, string? from)
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CutKind Kind => kind;

    /// <summary>What is held until then goes on, as by a network's retransmissions.</summary>
    public Task Over => _over.Task;

    public bool Holds(string? who, bool isAnswer) =>
        (from is null || from == who)
        && (kind is CutKind.Silent || kind == (isAnswer ? CutKind.NoAnswers : CutKind.NoRequests));

    public void End() => _over.TrySetResult();
}
