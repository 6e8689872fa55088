namespace Rondo.Transport.Polling;

/// <summary>What a poller tells about one descriptor. Called on the loop's thread while it polls: it notes what is
/// ready and returns; it calls no application code.</summary>
internal interface IReadinessHandler
{
    /// <param name="kinds">The <c>EPOLL*</c> bits.</param>
    void OnReady(uint kinds);
}
