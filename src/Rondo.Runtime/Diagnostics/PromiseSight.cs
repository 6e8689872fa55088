namespace Rondo.Runtime.Diagnostics;

/// <summary>Names what is at the end of a chain of awaits, and what the platform's own promises wait for.</summary>
internal static class PromiseSight
{
    // Parts of the full names of types, the platform's and well-known others', and what people call them.
    private static readonly (string Type, string Name)[] s_known =
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

    /// <summary>What a type of another's promise is called.</summary>
    public static string NameOf(string typeFullName)
    {
        foreach (var (type, name) in s_known)
        {
            if (typeFullName.Contains(type, StringComparison.Ordinal))
            {
                return name;
            }
        }

        return AsyncMethodName.ShortType(typeFullName);
    }

    /// <summary>Looks at a task that is no async method.</summary>
    public static TaskSight<object> Of(Task task)
    {
        if (task.AsyncState is IPromiseOwner owner)
        {
            return Of(owner);
        }

        var type = task.GetType().Name;
        var end = type.IndexOf('`', StringComparison.Ordinal);
        return (end < 0 ? type : type[..end]) switch
        {
            "DelayPromise" or "DelayPromiseWithCancellation" => Operation(TimerOf(task)) with { MayEndEarlier = true },
            "WhenAllPromise" => Operation("Task.WhenAll") with { Awaits = Several(task, "m_tasks") },
            "CompleteOnCountdownPromise" => Operation("Task.WhenAll") with { Awaits = Several(task, "_tasks") },
            "TwoTaskWhenAnyPromise" => Operation("Task.WhenAny") with
            {
                Awaits = [.. One(task, "_task1"), .. One(task, "_task2")],
                MayEndEarlier = true,
            },
            "CompleteOnInvokePromise" => Operation("Task.WhenAny") with
            {
                Awaits = Several(task, "_tasks"),
                MayEndEarlier = true,
            },
            "CancellationPromise" => Operation("WaitAsync") with
            {
                Awaits = One(task, "_task"),
                IsHidden = true,
                MayEndEarlier = true,
            },
            "ValueTaskSourceAsTask" => Operation("AsTask") with { Awaits = One(task, "_source"), IsHidden = true },
            "UnwrapPromise" => Operation("Task.Run"),
            "ContinuationTaskFromTask" or "ContinuationResultTaskFromTask" or "ContinuationTaskFromResultTask"
                or "ContinuationResultTaskFromResultTask" =>
                Operation("ContinueWith") with { Awaits = One(task, "m_antecedent") },
            "Task" when TaskInternals.ActionOf(task) is { } action => Operation(Place(task) + ": " + NameOf(action)) with
            {
                State = task.Status == TaskStatus.Running ? "running" : "queued",
            },
            "Task" => Operation(task.AsyncState is string text ? $"future ({text})" : "future"),
            _ => Operation(NameOf(task.GetType().FullName ?? type)),
        };
    }

    public static TaskSight<object> Of(IPromiseOwner owner) => Operation(owner.Title) with
    {
        Awaits = [.. owner.Awaited],
        MayEndEarlier = !owner.NeedsAll,
        IsHidden = owner.Title.Length == 0,
    };

    /// <summary>What ends with a timer; null when that is no task.</summary>
    public static Task? OfTimer(TimerHandle timer) => timer.Item.State switch
    {
        DelayPromise delay => delay.Task,
        LoopTimeProvider.LoopTimer { State: Task delay } => delay,
        _ => null,
    };

    private static TaskSight<object> Operation(string name) => new(TaskNodeKind.Operation, name);

    private static string Place(Task task) =>
        TaskInternals.SchedulerOf(task) is LoopTaskScheduler ? "work on the loop" : "work on the thread pool";

    private static string NameOf(Delegate action) =>
        AsyncMethodName.OfMethod(action.Method.DeclaringType?.FullName ?? "", action.Method.Name);

    private static string TimerOf(Task delay)
    {
        if (FieldsOf.Named(delay, "_timer") is not LoopTimeProvider.LoopTimer { Handle: { } handle })
        {
            return "timer";
        }

        return handle.DueText;
    }

    private static IReadOnlyList<object> One(object promise, string field) =>
        FieldsOf.Named(promise, field) is { } value ? [value] : [];

    // Nulls are those that have ended already.
    private static IReadOnlyList<object> Several(object promise, string field) =>
        FieldsOf.Named(promise, field) is System.Collections.IList list ? [.. list.OfType<object>()] : [];
}
