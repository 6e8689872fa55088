namespace Rondo.Runtime.Diagnostics;

/// <summary>What a task waits for, and what that waits for, down to where the way parts or ends.</summary>
internal static class AwaitChain
{
    private const int Longest = 20;

    /// <summary>The task itself first, then what is below it; each with its line, for people.</summary>
    /// <param name="loop">The loop that the task is on.</param>
    /// <param name="task">The task.</param>
    public static List<string> Of(EventLoop loop, Task task)
    {
        var inspector = new TaskInspector([loop]);
        var chain = new List<string>();
        var thing = TaskInspector.Reference(task);
        while (chain.Count < Longest && inspector.Look(thing) is { } sight)
        {
            if (!sight.IsHidden)
            {
                chain.Add(sight.ToLine());
            }

            if (sight.Awaits is not [var next])
            {
                break;
            }

            thing = next;
        }

        return chain;
    }
}
