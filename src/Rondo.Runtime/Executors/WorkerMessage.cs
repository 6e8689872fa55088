namespace Rondo.Runtime.Executors;

/// <summary>The first byte of a frame between a program and its worker.</summary>
internal enum WorkerMessage : byte
{
    /// <summary>Says how to find a method: its number, then its definition. Not answered.</summary>
    Define = 1,

    /// <summary>Calls a method: its number, then its arguments. Answered by one of those below.</summary>
    Call,

    /// <summary>What the call returned.</summary>
    Result,

    /// <summary>What the call threw, with the exceptions inside it.</summary>
    Error,

    /// <summary>An argument could not be read, or the result not be written: a text says which.</summary>
    NotShippable,

    /// <summary>The call ended as cancelled.</summary>
    Cancelled,
}
