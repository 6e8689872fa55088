namespace ChaosProgram;

/// <summary>What one client saw, over all its connections. Used by one thread at a time.</summary>
internal sealed class SeenLog(string client, Func<string?, long, bool> isShownTooLate)
{
    private readonly List<SeenEvent> _events = [];
    private readonly List<string> _violations = [];

    public string Client => client;

    public IReadOnlyList<SeenEvent> Events => _events;

    public IReadOnlyList<string> Violations => _violations;

    /// <summary>The number of the newest event; from it the client goes on.</summary>
    public long Last { get; private set; }

    /// <param name="seen">The event.</param>
    /// <param name="since">When the client asked for what it is being given.</param>
    public void See(SeenEvent seen, long since)
    {
        _events.Add(seen);
        Last = Math.Max(Last, seen.Seq);
        if (isShownTooLate(seen.Text, since))
        {
            _violations.Add($"{client} was given '{seen.Text}' after its deletion was acknowledged");
        }
    }

    /// <summary>The server said that the client's cursor means nothing.</summary>
    public void Reset() => _violations.Add($"{client} was told to begin anew behind {Last}");
}
