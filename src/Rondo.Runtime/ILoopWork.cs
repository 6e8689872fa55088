namespace Rondo.Runtime;

/// <summary>
/// Work that an object of a higher floor has the loop do again and again: scheduling it allocates nothing.
/// </summary>
internal interface ILoopWork
{
    /// <summary>One callback. It may call application code as its last statement.</summary>
    void Run();
}
