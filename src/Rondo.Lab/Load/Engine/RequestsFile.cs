using System.Runtime.InteropServices;

namespace Rondo.Lab.Load.Engine;

/// <summary>The times of every request, from the worker to who asked for them, as numbers in a file.</summary>
internal static class RequestsFile
{
    public static async Task WriteAsync(string? path, IEnumerable<LoadThread> threads)
    {
        if (path is not null)
        {
            await using var file = File.Create(path);
            foreach (var log in threads.Select(t => t.Requests).OfType<RequestLog>())
            {
                file.Write(MemoryMarshal.AsBytes(log.Times));
            }
        }
    }

    /// <summary>Reads the file, in the order in which the requests ended on each thread.</summary>
    public static IReadOnlyList<RequestTimes> Read(string path)
    {
        var numbers = MemoryMarshal.Cast<byte, long>(File.ReadAllBytes(path));
        var all = new List<RequestTimes>(numbers.Length / RequestLog.Fields);
        for (; numbers.Length >= RequestLog.Fields; numbers = numbers[RequestLog.Fields..])
        {
            all.Add(new RequestTimes(numbers[0], numbers[1], numbers[2], numbers[3]));
        }

        return all;
    }
}
