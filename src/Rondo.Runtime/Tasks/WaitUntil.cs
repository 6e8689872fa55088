namespace Rondo.Runtime.Tasks;

/// <summary>When <see cref="Gather.WaitAsync"/> returns (asyncio: <c>return_when</c>).</summary>
public enum WaitUntil
{
    /// <summary>When all have ended.</summary>
    AllCompleted,

    /// <summary>When one has ended, however.</summary>
    FirstCompleted,

    /// <summary>When one has failed; being cancelled is no failure. Without a failure, when all have ended.</summary>
    FirstException,
}
