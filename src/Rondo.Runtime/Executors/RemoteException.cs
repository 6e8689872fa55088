namespace Rondo.Runtime.Executors;

/// <summary>
/// What a call has thrown in a worker process. The exception itself stays there; this says what it was.
/// </summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class RemoteException : Exception
{
    private const int DeepestChain = 16;

    private RemoteException(string type, string message, string? stackTrace, RemoteException[] inner)
        : base($"{type}: {message}", inner is [var first, ..] ? first : null)
    {
        RemoteType = type;
        RemoteMessage = message;
        RemoteStackTrace = stackTrace;
        InnerExceptions = inner;
    }

    /// <summary>The full name of its type.</summary>
    public string RemoteType { get; }

    /// <summary>Its message alone; <see cref="Exception.Message"/> puts the type in front.</summary>
    public string RemoteMessage { get; }

    /// <summary>Its stack in the worker; null if it was never thrown.</summary>
    public string? RemoteStackTrace { get; }

    /// <summary>The exceptions inside it, several for an aggregate; at most 16 deep.</summary>
    public IReadOnlyList<RemoteException> InnerExceptions { get; }

    /// <summary>As an exception is shown, with the worker's stack first.</summary>
    public override string ToString() => string.Join(
        Environment.NewLine,
        ((string?[])
        [
            $"{GetType().FullName}: {Message}",
            .. InnerExceptions.Select(inner => $" ---> {inner}"),
            RemoteStackTrace,
            "   --- in a worker process ---",
            StackTrace,
        ]).Where(line => line is not null));

    internal static void Write(FrameWriter writer, Exception error, int depth = 0)
    {
        writer.WriteString(error.GetType().FullName);
        writer.WriteString(TextOf(error, static e => e.Message));
        writer.WriteString(TextOf(error, static e => e.StackTrace));
        IReadOnlyCollection<Exception> inner = error switch
        {
            _ when depth == DeepestChain => [],
            AggregateException aggregate => aggregate.InnerExceptions,
            { InnerException: { } one } => [one],
            _ => [],
        };
        writer.WriteInt32(inner.Count);
        foreach (var one in inner)
        {
            Write(writer, one, depth + 1);
        }
    }

    /// <summary>They may be overridden, and must not end the worker.</summary>
    private static string? TextOf(Exception error, Func<Exception, string?> read)
    {
        try
        {
            return read(error);
        }
        catch (Exception second)
        {
            return $"(cannot be read: {second.GetType().FullName})";
        }
    }

    internal static RemoteException Read(ref FrameReader reader)
    {
        var (type, message, stackTrace) = (reader.ReadString(), reader.ReadString(), reader.ReadString());
        var inner = new RemoteException[reader.ReadInt32()];
        for (var i = 0; i < inner.Length; i++)
        {
            inner[i] = Read(ref reader);
        }

        return new RemoteException(type ?? "Exception", message ?? "", stackTrace, inner);
    }
}
