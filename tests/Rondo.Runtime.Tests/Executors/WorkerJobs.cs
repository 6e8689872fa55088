using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Rondo.Runtime.Tests.Executors;

/// <summary>Work that only a process of its own survives.</summary>
internal static class WorkerJobs
{
    private static int s_initialized;
    private static int s_calls;

    public static int ProcessId() => Environment.ProcessId;

    public static int CountCalls() => ++s_calls;

    public static void Initialize() => s_initialized++;

    public static int Initialized() => s_initialized;

    public static void FailToInitialize() => throw new FormatException("cannot begin");

    public static void NeverInitialize() => Spin(0);

    public static int Exit(int code)
    {
        Environment.Exit(code);
        return code;
    }

    public static int FailFast(string message)
    {
        Environment.FailFast(message);
        return 0;
    }

    public static int WriteToNowhere(int address)
    {
        Marshal.WriteInt32(address, 1);
        return 0;
    }

    /// <summary>As native code would die of it: the runtime does not get to make an exception of it.</summary>
    public static int Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{Environment.ProcessId}"]);
        kill.WaitForExit();
        return Spin(0);
    }

    public static int Spin(int number)
    {
        while (true)
        {
            number = unchecked(number + 1);
        }
    }

    /// <summary>Says that it runs, and then does for ever.</summary>
    public static int SpinVisibly(string path)
    {
        File.WriteAllText(path, $"{Environment.ProcessId}");
        return Spin(0);
    }

    /// <summary>The id of this process, for whoever has to give an argument.</summary>
    public static int SameAndId(int number) => number + Environment.ProcessId;

    /// <summary>Says that it runs, and ends when there is a file at the path.</summary>
    public static int WaitForFile(string path)
    {
        File.WriteAllText(path + ".begun", "");
        while (!File.Exists(path))
        {
            Thread.Yield();
        }

        return Environment.ProcessId;
    }

    public static long Allocate(long bytes)
    {
        var blocks = new List<byte[]>();
        for (long total = 0; total < bytes; total += 1 << 20)
        {
            blocks.Add(new byte[1 << 20]);
        }

        return blocks.Count;
    }

    public static string Write(string text)
    {
        Console.Out.WriteLine(text);
        Console.Error.WriteLine(text);
        return text;
    }

    public static int FailDeeply(string message)
    {
        try
        {
            throw new FormatException(message);
        }
        catch (FormatException inner)
        {
            throw new AggregateException(
                "outer", new InvalidOperationException("middle", inner), new TimeoutException("other"));
        }
    }

    /// <summary>What this process has open, as links: the parent's would be among them.</summary>
    public static string[] OpenFiles() =>
        [.. Directory.EnumerateFiles("/proc/self/fd").Select(f => new FileInfo(f).LinkTarget).OfType<string>()];

    public static string? EnvironmentOf(string name) => Environment.GetEnvironmentVariable(name);

    public static byte[] Reverse(byte[] bytes) => [.. bytes.Reverse()];

    public static T Same<T>(T value) => value;

    public static Page Grow(Page page) => page with { Width = page.Width * 2, Names = [.. page.Names, "grown"] };

    public static int ThrowUnreadable() => throw new UnreadableException();

    public static Stream MakeStream(int length) => new MemoryStream(length);

    public static Base MakeDerived(int number) => new Derived { Number = number };

    public static int Sum(int first, long second, string third, double[] rest, Page? page = null) =>
        first + (int)second + third.Length + (int)rest.Sum() + (page?.Width ?? 0);

    public static void Discard(int number) => s_calls += number;

    public static int Length(ReadOnlySpan<char> text) => text.Length;

    public static int Slow(int milliseconds)
    {
        Thread.Sleep(milliseconds);
        return milliseconds;
    }

    public static Deadly MakeDeadly(int number) => new() { Number = number };

    /// <summary>Writes half a frame into the socket of the calls, and dies.</summary>
    public static int SendHalf(int number)
    {
        foreach (var path in Directory.EnumerateFiles("/proc/self/fd"))
        {
            var link = new FileInfo(path).LinkTarget;
            if (link is null || !link.StartsWith("socket:", StringComparison.Ordinal))
            {
                continue;
            }

            using var handle = new System.Net.Sockets.SafeSocketHandle(
                int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture),
                ownsHandle: false);
            using var socket = new System.Net.Sockets.Socket(handle);
            try
            {
                // A length of 1000, and less than that.
                socket.Send([232, 3, 0, 0, 3, 1, 2]);
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Not this one.
            }
        }

        Process.GetCurrentProcess().Kill();
        return number;
    }

    internal sealed class Deadly
    {
        private int _number;

        /// <summary>Whoever reads it dies.</summary>
        public int Number
        {
            get
            {
                Process.GetCurrentProcess().Kill();
                return _number;
            }
            set => _number = value;
        }
    }

    internal sealed record Page(int Width, string Title, IReadOnlyList<string> Names, (int X, int Y) Corner);

    internal class Base
    {
        public int Number { get; set; }
    }

    internal sealed class Derived : Base
    {
        public string Extra { get; set; } = "lost";
    }

    internal sealed record Holder(Base? Item = null, List<Base>? Items = null, object? Anything = null);

    [JsonDerivedType(typeof(Circle), "circle")]
    internal abstract record Shape;

    internal sealed record Circle(double Radius) : Shape;

    internal sealed class UnreadableException : Exception
    {
        public override string Message => throw new FormatException("no message");
    }

    internal sealed class Hidden
    {
        private readonly int _state = 1;

        public override string ToString() => $"{_state}";
    }
}
