namespace Rondo.Runtime.Tests.Executors;

/// <summary>Work for every kind of executor: static methods that capture nothing, with plain arguments.</summary>
internal static class Jobs
{
    public static int Double(int number) => number * 2;

    public static int Seven() => 7;

    public static int Fail(string message) => throw new FormatException(message);

    public static int FailAsCancelled(string message) => throw new OperationCanceledException(message);

    public static int ThreadId(int ignored) => Environment.CurrentManagedThreadId;
}
