namespace ChaosProgram;

/// <summary>What a run came to.</summary>
internal sealed record ChaosCounts
{
    public int Events { get; init; }

    /// <summary>Acknowledged messages.</summary>
    public int Said { get; init; }

    public int Edited { get; init; }

    public int Deleted { get; init; }

    public int Kills { get; init; }

    public int Cuts { get; init; }

    /// <summary>Times that the disk was full.</summary>
    public int Full { get; init; }

    /// <summary>Answers that said so.</summary>
    public int Refusals { get; init; }

    /// <summary>Whether something that is to be tried has never happened: such a run proves nothing.</summary>
    public bool IsTooLittle => Said == 0 || Edited == 0 || Deleted == 0 || Kills == 0 || Cuts == 0 || Refusals == 0;

    public ChaosCounts Plus(ChaosCounts other) => new()
    {
        Events = Events + other.Events,
        Said = Said + other.Said,
        Edited = Edited + other.Edited,
        Deleted = Deleted + other.Deleted,
        Kills = Kills + other.Kills,
        Cuts = Cuts + other.Cuts,
        Full = Full + other.Full,
        Refusals = Refusals + other.Refusals,
    };

    public override string ToString() =>
        $"{Events} events; acknowledged {Said} messages, {Edited} edits, {Deleted} deletions; "
        + $"{Kills} kills, {Cuts} cuts, {Full} times the disk was full ({Refusals} refusals)";
}
