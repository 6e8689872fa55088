namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Where tasks can be looked at: in this process, or in the memory of another one. Each thing has one reference, under
/// which every way leads to it.
/// </summary>
/// <typeparam name="T">The reference.</typeparam>
internal interface ITaskSource<T>
    where T : notnull
{
    /// <summary>What is known without following anything, in the order in which it should be shown.</summary>
    IEnumerable<T> Seeds { get; }

    /// <summary>How references are told apart.</summary>
    IEqualityComparer<T> Comparer { get; }

    /// <summary>Looks at one thing; null when it has ended or cannot be seen.</summary>
    TaskSight<T>? Look(T thing);
}
