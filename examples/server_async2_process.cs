#:project ../src/Rondo.Lab
// A fresh process for each request, as CGI has it, but started in advance: whatever the work leaves behind or breaks is
// gone with its process. Four requests are at work at a time; four more processes are kept warm.
//
// $ dotnet run examples/server_async2_process.cs
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
await using var processes = new ProcessExecutor(new ProcessExecutorOptions
{
    Name = "processes",
    Workers = 4,
    Spares = 4,
    MaxTasksPerWorker = 1,
});
EventLoop.Run(() => LoopHttpServer.ServeAsync(listener, AnswerAsync));

async ValueTask<HttpAnswer> AnswerAsync(string path) => await EventLoop.Running!.RunInExecutor(processes, Answer, path);

static string Answer(string path)
{
    Thread.Sleep(1000);
    return "Howdy!\r\n";
}
