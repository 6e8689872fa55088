#:project ../../../src/Rondo.Runtime
// Part 1, exercise 11: streaming
// The same page is read twice, 10 bytes at a time, both at the same time: while one reader waits, the other goes on.
// What is large never lies in memory as a whole. 'dotnet run examples/upstream.cs' is the server.
//
// > page_1: 47 bytes in 5 reads
// ? GetStreamAsync, then ReadAtLeastAsync(buffer, 10, throwOnEndOfStream: false) until it returns 0.
// > page_2: 47 bytes in 5 reads
// > in turns: True
// ? Add the name to 'reads' at each read, and wait for loop.Delay between two reads. Then both are under way at once.

using Rondo.Runtime;
using Rondo.Runtime.Tasks;

var upstream = Environment.GetEnvironmentVariable("UPSTREAM") ?? "http://127.0.0.1:1234/";
var reads = new List<string>();
EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    using var client = new HttpClient { BaseAddress = new Uri(upstream) };
    string[] lines = await Gather.AllAsync(
        loop.CreateTask(() => ReadAsync(loop, client, "page_1")),
        loop.CreateTask(() => ReadAsync(loop, client, "page_2")));
    Console.WriteLine(string.Join('\n', lines));

    // Not all of one reader's first, and then all of the other's.
    Console.WriteLine($"in turns: {reads.LastIndexOf(reads[0]) > reads.FindIndex(r => r != reads[0])}");
});

async Task<string> ReadAsync(EventLoop loop, HttpClient client, string name)
{
    await using var page = await client.GetStreamAsync("latest");
    var (chunk, bytes, count) = (new byte[10], 0, 0);
    throw new NotImplementedException(
        "read 10 bytes at a time, count bytes and reads, note each in 'reads', and pause for 20 ms after each");

    return $"{name}: {bytes} bytes in {count} reads";
}
