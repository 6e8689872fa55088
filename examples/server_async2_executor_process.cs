#:project ../src/Rondo.Lab
// What blocks, computes or crashes runs in a pool of processes, and the loop stays free: ten wait for 1 second, the
// eleventh for 2. The first of each process waits for its start as well.
//
// $ dotnet run examples/server_async2_executor_process.cs
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
await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Name = "pool", Workers = 10 });
EventLoop.Run(() => LoopHttpServer.ServeAsync(listener, AnswerAsync));

async ValueTask<HttpAnswer> AnswerAsync(string path) =>
    await EventLoop.Running!.RunInExecutor(pool, () => Jobs.Answer(path));

internal static class Jobs
{
    public static string Answer(string path)
    {
        Thread.Sleep(1000);
        return "Howdy!\r\n";
    }
}
