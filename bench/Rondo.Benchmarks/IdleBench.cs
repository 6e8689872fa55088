using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rondo.Benchmarks;

/// <summary>
/// What a connection costs that has served one request and waits: live heap after a full collection and resident
/// memory, each less what the same process held without connections.
/// </summary>
internal static class IdleBench
{
    private const int Port = 9741;
    private const int Connections = 10_000;
    private const int AtOnce = 100;
    private const int WarmConnections = 500;

    private static readonly byte[] Request = "GET / HTTP/1.1\r\nHost: rondo\r\n\r\n"u8.ToArray();

    /// <summary>How long it usually takes.</summary>
    public static TimeSpan Estimate { get; } = TimeSpan.FromSeconds(60);

    public static async Task RunAsync()
    {
        await using var results = TransportResults.Open("./dev bench transport --idle");
        await RunAsync(results);
    }

    public static async Task RunAsync(TransportResults results)
    {
        Console.WriteLine($"\nAn idle connection that served one request, KiB, at {Connections} connections");
        Console.WriteLine("| server | live heap | resident |\n|---|---|---|");
        foreach (var kind in (string[])[TransportServer.Stock, TransportServer.Loop])
        {
            await using var server = await ServerProcess.StartTransportAsync(kind, Port);
            Close(await OpenAsync(Port, WarmConnections));
            var (heapBefore, residentBefore) = await LiveAsync(server);
            var open = await OpenAsync(Port, Connections);
            var (heap, resident) = await LiveAsync(server);
            Close(open);
            var cell = new
            {
                Server = kind,
                Connections,
                HeapKibibytes = (heap - heapBefore) / Connections / 1024,
                ResidentKibibytes = (resident - residentBefore) / Connections / 1024,
            };
            await results.WriteAsync(cell);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {kind} | {cell.HeapKibibytes:0.0} | {cell.ResidentKibibytes:0.0} |"));
        }
    }

    private static async Task<(double Heap, double Resident)> LiveAsync(ServerProcess server) =>
        (double.Parse(await server.Client.GetStringAsync("/live"), CultureInfo.InvariantCulture),
            server.ResidentMegabytes * 1024 * 1024);

    private static async Task<List<Socket>> OpenAsync(int port, int count)
    {
        var open = new List<Socket>(count);
        while (open.Count < count)
        {
            open.AddRange(await Task.WhenAll(Enumerable.Range(0, Math.Min(AtOnce, count - open.Count))
                .Select(_ => OpenOneAsync(port))));
        }

        return open;
    }

    private static async Task<Socket> OpenOneAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(Request);
        var answer = new byte[1024];
        for (var read = 0; !answer.AsSpan(0, read).EndsWith("GBP 88.4"u8);)
        {
            var count = await socket.ReceiveAsync(answer.AsMemory(read));
            read += count > 0 ? count : throw new InvalidOperationException("The server hung up.");
        }

        return socket;
    }

    private static void Close(List<Socket> sockets) => sockets.ForEach(s => s.Dispose());
}
