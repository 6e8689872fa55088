namespace Rondo.Lab.Experiments.Results;

/// <summary>How requests ended, each in exactly one way; the meanings are those of <c>rondo load</c>.</summary>
internal sealed record LabCounts(
    long Completed,
    long Connect,
    long Reset,
    long ClosedEarly,
    long Timeout,
    long Malformed,
    long WrongStatus,
    long WrongBody,
    long AbortedAtEnd)
{
    /// <summary>Everything that has failed; what was under way at the end has not.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long Failed => Connect + Reset + ClosedEarly + Timeout + Malformed + WrongStatus + WrongBody;
}
