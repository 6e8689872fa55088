namespace Rondo.Lab.Models;

/// <summary>
/// <c>thread</c>: a thread for each connection, and blocking sockets. The code is that of one client alone; the price
/// is a thread for each that waits (Python: <c>ThreadingHTTPServer</c>, Flask's <c>threaded</c>).
/// </summary>
internal sealed class ThreadModel : IServerModel
{
    public void Run(ModelSetup setup) => BlockingHttpServer.AcceptEach(setup, socket =>
    {
        var thread = new Thread(() =>
        {
            using var client = new HttpConversation(socket) { Limit = setup.IdleTimeout };
            BlockingHttpServer.Converse(setup, client);
        });
        thread.IsBackground = true;
        thread.Start();
    });
}
