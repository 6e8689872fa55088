namespace Rondo.Lab.Load.Engine;

/// <summary>
/// The connections of one load thread, by slot: the seam between the engine and what waits for sockets. Failures are
/// negative numbers that <see cref="Describe"/> puts into words.
/// </summary>
internal interface ISocketSet : IDisposable
{
    /// <summary>Starts to connect a closed slot; 0, or a failure that leaves it closed.</summary>
    int Connect(int slot);

    /// <summary>How connecting went, once the slot had its first event: 0 or a failure.</summary>
    int ConnectOutcome(int slot);

    /// <summary>How many bytes came, 0 at the end, or a failure.</summary>
    int Receive(int slot, Span<byte> into);

    /// <summary>How many bytes were taken, or a failure.</summary>
    int Send(int slot, ReadOnlySpan<byte> bytes);

    /// <summary>Closes a slot; again does nothing.</summary>
    void Close(int slot);

    /// <summary>Says that the slot waits for room to send, or no longer does.</summary>
    void WantRoom(int slot, bool wanted);

    /// <summary>Waits for events, at most so many nanoseconds; how many there are.</summary>
    int Wait(long nanoseconds);

    /// <summary>One of the events; false if its slot has been closed since.</summary>
    bool TryGetEvent(int index, out int slot, out bool isReadable);

    /// <summary>Whether there is nothing yet, or no room.</summary>
    bool IsAgain(int failure);

    /// <summary>Whether the peer has broken the connection.</summary>
    bool IsReset(int failure);

    string Describe(int failure);
}
