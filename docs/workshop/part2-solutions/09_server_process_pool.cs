#:project ../../../src/Rondo.Lab
// Part 2, exercise 9: the five servers, five: a pool of processes
// As before, in processes: what computes or crashes does no harm here. The first request of each waits for its start.
//
// $ dotnet run docs/workshop/part2/09_server_process_pool.cs
// $ curl http://127.0.0.1:8000/
// > Howdy!
// ? await EventLoop.Running!.RunInExecutor(pool, Jobs.Answer, path)

using System.Net;
using System.Net.Sockets;
using Rondo.Lab.Models;
using Rondo.Runtime;
using Rondo.Runtime.Executors;

using var listener = new TcpListener(
    IPAddress.Loopback, int.Parse(Environment.GetEnvironmentVariable("PORT") ?? "8000"));
listener.Start();
Console.WriteLine($"listening on http://{listener.LocalEndpoint}/");
await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Name = "pool", Workers = 5 });
EventLoop.Run(() => LoopHttpServer.ServeAsync(listener, AnswerAsync));

async ValueTask<HttpAnswer> AnswerAsync(string path)
{
    return await EventLoop.Running!.RunInExecutor(pool, Jobs.Answer, path);
}

internal static class Jobs
{
    public static string Answer(string path)
    {
        Thread.Sleep(1000);
        return "Howdy!\r\n";
    }
}
