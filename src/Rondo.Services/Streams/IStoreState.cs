namespace Rondo.Services.Streams;

/// <summary>What a process tells about its store of event streams.</summary>
internal interface IStoreState
{
    /// <summary>Whether it takes appends now.</summary>
    bool IsReady { get; }

    /// <summary>Events appended and transactions made since the start: how many share one.</summary>
    (long Events, long Commits) Written { get; }
}
