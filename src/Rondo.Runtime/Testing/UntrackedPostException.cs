namespace Rondo.Runtime.Testing;

/// <summary>
/// A thread that the test has not declared has posted a callback to a virtual loop. Whether time moves before or after
/// such a post depends on the machine, so the test would not give the same order every time.
/// </summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class UntrackedPostException : InvalidOperationException
{
    internal UntrackedPostException(string callback, string thread, Exception? inner)
        : base(
            $"{callback} was posted to the virtual loop by {thread}, a thread that the test has not declared. Hold the "
            + "clock while that thread works: using (test.ExternalWork(\"name\")) { ... }, or run the work in an "
            + "executor; where the order does not matter, set AllowUntrackedPosts. Code that awaits with "
            + "ConfigureAwait(false) may go on in the thread pool, and comes back like this.",
            inner)
    {
    }
}
