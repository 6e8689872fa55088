#:project ../src/Rondo.Runtime
// Many requests over one connection: each carries an id, answers come in any order, and a table of what is still open
// leads each answer to the one who asked.
//
// > asked for slow, quick
// > quick is here first
// > slow: SLOW
// > quick: QUICK

using System.Net;
using System.Net.Sockets;
using Rondo.Runtime;

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    using var listener = new TcpListener(IPAddress.Loopback, 0);
    listener.Start();
    var server = loop.CreateTask(() => ServeAsync(loop, listener), "server");
    using var connection = new TcpClient();
    await connection.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
    var client = new CorrelatingClient(connection.GetStream());
    var reading = loop.CreateTask(client.ReadAsync, "reading");

    var slow = client.AskAsync("slow");
    var quick = client.AskAsync("quick");
    Console.WriteLine("asked for slow, quick");
    await Task.WhenAny(slow, quick);
    Console.WriteLine(slow.IsCompleted ? "slow is here first" : "quick is here first");
    Console.WriteLine($"slow: {await slow}");
    Console.WriteLine($"quick: {await quick}");
    connection.Client.Shutdown(SocketShutdown.Send);
    await reading;
    await server;
});

// Answers in capitals, the slow ones later.
static async Task ServeAsync(EventLoop loop, TcpListener listener)
{
    using var connection = await listener.AcceptTcpClientAsync();
    var (reader, writer) = (new StreamReader(connection.GetStream()), new StreamWriter(connection.GetStream()));
    var answers = new List<Task>();
    while (await reader.ReadLineAsync() is { } line)
    {
        answers.Add(loop.CreateTask(() => AnswerAsync(line.Split(' '))).AsTask());
    }

    await Task.WhenAll(answers);

    async Task AnswerAsync(string[] request)
    {
        await loop.Delay(TimeSpan.FromMilliseconds(request[1] == "slow" ? 200 : 20));
        await writer.WriteLineAsync($"{request[0]} {request[1].ToUpperInvariant()}");
        await writer.FlushAsync();
    }
}

internal sealed class CorrelatingClient(Stream stream)
{
    private readonly Dictionary<int, TaskCompletionSource<string>> _open = [];
    private readonly StreamWriter _writer = new(stream) { AutoFlush = true };
    private int _lastId;

    // No lock: everything here runs on the loop's thread.
    public async Task<string> AskAsync(string question)
    {
        var id = ++_lastId;
        var answer = _open[id] = new TaskCompletionSource<string>();
        await _writer.WriteLineAsync($"{id} {question}");
        return await answer.Task;
    }

    public async Task ReadAsync()
    {
        using var reader = new StreamReader(stream);
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                var parts = line.Split(' ');
                if (_open.Remove(int.Parse(parts[0]), out var answer))
                {
                    answer.SetResult(parts[1]);
                }
            }
        }
        catch (IOException)
        {
            // The connection broke: whoever still waits will not get an answer.
        }

        foreach (var answer in _open.Values)
        {
            answer.SetException(new IOException("The connection was closed before the answer came."));
        }
    }
}
