#:project ../src/Rondo.Lab
// Two pages are read 10 bytes at a time, each into its own file, at the same time: while one reader pauses, the other
// goes on.
//
// > page_1.json: 57 bytes in 6 reads
// > page_2.json: 57 bytes in 6 reads
// > in turns: True

using System.Net;
using System.Net.Sockets;
using Rondo.Lab.Models;
using Rondo.Runtime;
using Rondo.Runtime.Tasks;

var folder = Directory.CreateTempSubdirectory("streaming-");
var reads = new List<string>();
EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    using var listener = new TcpListener(IPAddress.Loopback, 0);
    listener.Start();
    var server = loop.CreateTask(() => LoopHttpServer.ServeAsync(
        listener, async path => """{"url": "https://api.example.org", "since": "2015-02-06"}"""));
    using var client = new HttpClient { BaseAddress = new Uri($"http://{listener.LocalEndpoint}") };

    string[] lines = await Gather.AllAsync(
        loop.CreateTask(() => SaveAsync(loop, client, "page_1.json")),
        loop.CreateTask(() => SaveAsync(loop, client, "page_2.json")));
    Console.WriteLine(string.Join('\n', lines));

    // Not all of one reader's first, and then all of the other's.
    Console.WriteLine($"in turns: {reads.LastIndexOf(reads[0]) > reads.FindIndex(r => r != reads[0])}");
    server.Cancel();
});
folder.Delete(recursive: true);

async Task<string> SaveAsync(EventLoop loop, HttpClient client, string name)
{
    await using var page = await client.GetStreamAsync("/" + name);
    await using var file = File.Create(Path.Combine(folder.FullName, name));
    var (chunk, count) = (new byte[10], 0);
    while (await page.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false) is var length and > 0)
    {
        await file.WriteAsync(chunk.AsMemory(0, length));
        reads.Add(name);
        count++;
        await loop.Delay(TimeSpan.FromMilliseconds(20));
    }

    return $"{name}: {file.Length} bytes in {count} reads";
}
