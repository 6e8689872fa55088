namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// What the promises of the platform wait for, by the names of their types and fields; the same in this process and in
/// the memory of another.
/// </summary>
/// <param name="Name">What the code says that made it.</param>
/// <param name="Fields">The fields that hold what it waits for, as far as it keeps a reference.</param>
internal sealed record PromiseShape(string Name, params string[] Fields)
{
    // Parts of the full names of other types, the platform's and well-known others', and what people call them.
    private static readonly (string Type, string Name)[] s_others =
    [
        ("SocketAsyncEventArgs", "socket"),
        ("SemaphoreSlim", "semaphore"),
        ("System.IO.Pipelines.", "pipe"),
        ("System.Threading.Channels.", "channel"),
        ("ThreadPoolValueTaskSource", "file"),
        ("PeriodicTimer", "timer"),
        ("System.Net.Security.", "TLS stream"),
        ("System.Net.Http.", "HTTP"),
        ("YieldAwaiter", "its turn"),
        ("SwitchToLoop", "its turn on the loop"),
    ];

    private static readonly PromiseShape s_timer = new("timer") { MayEndEarlier = true };
    private static readonly PromiseShape s_next = new("ContinueWith", "m_antecedent");

    private static readonly Dictionary<string, PromiseShape> s_known = new()
    {
        ["DelayPromise"] = s_timer,
        ["DelayPromiseWithCancellation"] = s_timer,
        ["WhenAllPromise"] = new("Task.WhenAll", "m_tasks"),
        ["CompleteOnCountdownPromise"] = new("Task.WhenAll", "_tasks"),
        ["TwoTaskWhenAnyPromise"] = new("Task.WhenAny", "_task1", "_task2") { MayEndEarlier = true },
        ["CompleteOnInvokePromise"] = new("Task.WhenAny", "_tasks") { MayEndEarlier = true },
        ["CancellationPromise"] = new("WaitAsync", "_task") { MayEndEarlier = true, IsHidden = true },
        ["ValueTaskSourceAsTask"] = new("AsTask", "_source") { IsHidden = true },
        ["UnwrapPromise"] = new("Task.Run"),
        ["ContinuationTaskFromTask"] = s_next,
        ["ContinuationResultTaskFromTask"] = s_next,
        ["ContinuationTaskFromResultTask"] = s_next,
        ["ContinuationResultTaskFromResultTask"] = s_next,
        ["Task"] = new("future"),
    };

    /// <inheritdoc cref="TaskSight{T}.MayEndEarlier"/>
    public bool MayEndEarlier { get; init; }

    /// <inheritdoc cref="TaskSight{T}.IsHidden"/>
    public bool IsHidden { get; init; }

    /// <summary>Of a task's type.</summary>
    /// <param name="typeFullName">As the platform or a debugger spells it, nested types behind a plus sign.</param>
    public static PromiseShape Of(string typeFullName)
    {
        var name = MethodName.ShortType(typeFullName);
        return s_known.GetValueOrDefault(name[(name.LastIndexOf('.') + 1)..]) ?? new PromiseShape(NameOf(typeFullName));
    }

    /// <summary>What is waited for by something that is neither a method nor a promise of the platform.</summary>
    public static string NameOf(string typeFullName)
    {
        foreach (var (type, name) in s_others)
        {
            if (typeFullName.Contains(type, StringComparison.Ordinal))
            {
                return name;
            }
        }

        return MethodName.ShortType(typeFullName);
    }
}
