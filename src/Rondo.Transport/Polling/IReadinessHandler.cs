namespace Rondo.Transport.Polling;

/// <summary>
/// What a poller tells about one descriptor. Called on the loop's thread while it polls: it notes what is ready and
/// returns; it calls no application code and does not throw.
/// </summary>
internal interface IReadinessHandler
{
    /// <param name="kinds">The <c>EPOLL*</c> bits.</param>
    void OnReady(uint kinds);

    /// <summary>The loop ends: nobody will be told anything any more, so the descriptor is to be closed now.</summary>
    void OnLoopEnding();
}
