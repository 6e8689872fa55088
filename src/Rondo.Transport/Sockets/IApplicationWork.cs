namespace Rondo.Transport.Sockets;

/// <summary>What a loop's application code is running for.</summary>
internal interface IApplicationWork
{
    /// <summary>For people: what it is.</summary>
    string Name { get; }

    /// <summary>It has blocked the loop, which goes on on another thread. Any thread; does not block.</summary>
    void HasBlocked();
}
