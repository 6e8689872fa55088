using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SoakProgram;

/// <content>What no well-behaved client does.</content>
internal sealed partial class Traffic
{
    private static byte[] Get(int seed, int count, string more = "") => Encoding.ASCII.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"GET /bytes/{seed}/{count} HTTP/1.1\r\nHost: x\r\n{more}\r\n"));

    private async Task<long> CloseAsync(Random random)
    {
        var (seed, count) = (random.Next(1000), random.Next(20_000));
        using var socket = await ConnectAsync();
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Get(seed, count, "Connection: close\r\n"));
        await ReadAnswerAsync(stream, seed, count);
        return await stream.ReadAsync(new byte[1]) == 0
            ? count
            : throw new WrongAnswerException("More came than was asked for.");
    }

    private async Task<long> PipelinedAsync(Random random)
    {
        var asked = Enumerable.Range(0, 20).Select(_ => (Seed: random.Next(1000), Count: random.Next(3_000))).ToList();
        using var socket = await ConnectAsync();
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(asked.SelectMany(a => Get(a.Seed, a.Count)).ToArray());
        foreach (var (seed, count) in asked)
        {
            await ReadAnswerAsync(stream, seed, count);
        }

        return asked.Sum(a => a.Count);
    }

    private async Task<long> ReadSlowlyAsync(Random random)
    {
        var (seed, count) = (random.Next(1000), random.Next(Megabyte / 2));
        using var socket = await ConnectAsync(receiveBuffer: 8 * 1024);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Get(seed, count));
        await ReadAnswerAsync(stream, seed, count, pause: TimeSpan.FromMilliseconds(5));
        return count;
    }

    // In any state: nothing said, in the head, in the body, in the answer; by a reset or by an end.
    private async Task<long> LeaveAsync(Random random)
    {
        using var socket = await ConnectAsync(receiveBuffer: 8 * 1024);
        var head = Get(random.Next(1000), 4 * Megabyte);
        switch (random.Next(5))
        {
            case 0:
                break;
            case 1:
                await socket.SendAsync(head.AsMemory(0, random.Next(1, head.Length)));
                break;
            case 2:
                await socket.SendAsync("POST /hash HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\nbegun"u8.ToArray());
                break;
            case 3:
                await socket.SendAsync("GET /late/20 HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
                break;
            default:
                await socket.SendAsync(head);
                await socket.ReceiveAsync(new byte[random.Next(1, 4096)]);
                break;
        }

        if (random.Next(2) == 0)
        {
            // A reset.
            socket.Close(timeout: 0);
        }

        return 0;
    }

    private async Task<Socket> ConnectAsync(int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0)
        {
            socket.ReceiveBufferSize = receiveBuffer;
        }

        await socket.ConnectAsync(IPAddress.Loopback, _server.Plain.Port);
        return socket;
    }

    // Byte by byte through the head, since what follows may be the next answer's.
    private static async Task ReadAnswerAsync(NetworkStream stream, int seed, int count, TimeSpan pause = default)
    {
        var head = new List<byte>(256);
        var one = new byte[1];
        while (head.Count < 4 || !head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            await stream.ReadExactlyAsync(one);
            head.Add(one[0]);
        }

        var text = Encoding.ASCII.GetString([.. head]);
        if (!text.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal)
            || !text.Contains(
                string.Create(CultureInfo.InvariantCulture, $"Content-Length: {count}\r\n"), StringComparison.Ordinal))
        {
            throw new WrongAnswerException(text);
        }

        var block = new byte[16 * 1024];
        for (var from = 0; from < count;)
        {
            var read = await stream.ReadAsync(block.AsMemory(0, Math.Min(block.Length, count - from)));
            Pattern.Check(seed, from, block.AsSpan(0, read));
            from += read > 0 ? read : throw new WrongAnswerException($"{from} bytes of {count} came.");
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause);
            }
        }
    }
}
