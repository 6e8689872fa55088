#:project ../src/Rondo.Lab
// What blocks runs in a pool of threads, and the loop stays free: ten wait for 1 second, the eleventh for 2.
//
// $ dotnet run examples/server_async2_executor.cs
// $ curl http://127.0.0.1:8000/any/path
// > Howdy!

using System.Net;
using System.Net.Sockets;
using Rondo.Lab.Models;
using Rondo.Runtime;
using Rondo.Runtime.Executors;

using var listener = new TcpListener(IPAddress.Loopback, args is [var port, ..] ? int.Parse(port) : 8000);
listener.Start();
Console.WriteLine($"listening on http://{listener.LocalEndpoint}/");
await using var pool = new ThreadExecutor(new ThreadExecutorOptions { Name = "pool", MaxThreads = 10 });
EventLoop.Run(() => LoopHttpServer.ServeAsync(listener, AnswerAsync));

async ValueTask<HttpAnswer> AnswerAsync(string path)
{
    await EventLoop.Running!.RunInExecutor(pool, () => Thread.Sleep(1000));
    return "Howdy!\r\n";
}
