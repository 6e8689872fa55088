using System.IO.Pipelines;

namespace Rondo.Services.WebSockets;

/// <summary>
/// A connection that goes on when its request is over, as a feature of the request. The server then holds nothing for
/// requests any more, which is the most of what an idle connection costs.
/// </summary>
internal interface IUpgradedConnection
{
    /// <summary>What the client sends and is sent, with nothing of HTTP in between.</summary>
    IDuplexPipe Connection { get; }

    /// <summary>
    /// Keeps the connection when the request ends, and runs another protocol on it then. Once, when the upgrade has been
    /// accepted.
    /// </summary>
    /// <param name="protocol">
    /// Must not use the request. Returns whether both sides have ended in order; else the connection is cut.
    /// </param>
    void Continue(Func<Task<bool>> protocol);
}
