#:project ../../../src/Rondo.Lab
// Part 2, exercise 8: the five servers, four: a pool of threads
// What blocks stays as it is and runs in a pool, and the loop stays free: ten wait for 1 second, the eleventh for 2.
//
// $ dotnet run docs/workshop/part2/08_server_thread_pool.cs
// $ curl http://127.0.0.1:8000/
// > Howdy!
// ? await EventLoop.Running!.RunInExecutor(pool, () => Thread.Sleep(1000))

using System.Net;
using System.Net.Sockets;
using Rondo.Lab.Models;
using Rondo.Runtime;
using Rondo.Runtime.Executors;

using var listener = new TcpListener(
    IPAddress.Loopback, int.Parse(Environment.GetEnvironmentVariable("PORT") ?? "8000"));
listener.Start();
Console.WriteLine($"listening on http://{listener.LocalEndpoint}/");
await using var pool = new ThreadExecutor(new ThreadExecutorOptions { Name = "pool", MaxThreads = 10 });
EventLoop.Run(() => LoopHttpServer.ServeAsync(listener, AnswerAsync));

async ValueTask<HttpAnswer> AnswerAsync(string path)
{
    throw new NotImplementedException("run Thread.Sleep(1000) in the pool, and return 'Howdy!' and a line end");
}
