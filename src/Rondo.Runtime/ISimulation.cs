namespace Rondo.Runtime;

/// <summary>
/// What a loop in virtual time is part of. A loop in real time has none, which costs it one comparison per callback
/// and per post.
/// </summary>
internal interface ISimulation
{
    /// <summary>Another thread than the loop's is about to post a callback. Called on that thread.</summary>
    /// <param name="callback">What the ready queue will hold.</param>
    /// <param name="state">What it is handed.</param>
    void Posting(object callback, object? state);

    /// <summary>A callback is about to run, on the loop's thread.</summary>
    /// <param name="callback">What the ready queue held.</param>
    /// <param name="state">What it is handed.</param>
    void CallbackStarting(object callback, object? state);

    /// <summary>
    /// Work outside the loop begins, on any thread: virtual time stands still until the result is disposed, which is
    /// to happen after the work has posted its outcome.
    /// </summary>
    /// <param name="name">For people, in the report of a hang.</param>
    IDisposable TrackWork(string name);
}
