namespace Rondo.Lab.Models;

/// <summary>
/// A way to serve many clients: which thread reads, works and answers, and what the others do meanwhile.
/// </summary>
internal interface IServerModel
{
    /// <summary>Serves until it is stopped; blocks the calling thread.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">It cannot listen at the address.</exception>
    void Run(ModelSetup setup);
}
