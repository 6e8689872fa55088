namespace Rondo.Lab.Models;

/// <summary>
/// <c>sync</c>: one thread and blocking sockets. A client is served to the end before the next is looked at, so that
/// the last of N waits for the work of all the others (Python: <c>http.server</c>).
/// </summary>
internal sealed class OneAtATimeModel : IServerModel
{
    public void Run(ModelSetup setup) => BlockingHttpServer.AcceptEach(setup, socket =>
    {
        // Without keep-alive: the first client to stay connected would shut all others out.
        using var client = new HttpConversation(socket) { IsHttp10 = true, Limit = setup.IdleTimeout };
        BlockingHttpServer.Converse(setup, client);
    });
}
