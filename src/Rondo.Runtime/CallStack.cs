using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Rondo.Runtime;

/// <summary>
/// Where in the user's code something was done: the innermost frames, without the runtime's and the loop's own. The
/// debug mode keeps it with tasks and with what wants to be closed.
/// </summary>
/// <remarks>
/// To look up files and lines takes some 60 us, the frames alone 10 us. So the same place is looked up once, and all
/// that is made there shares one instance.
/// </remarks>
internal sealed class CallStack
{
    // As deep as asyncio's in debug mode.
    private const int MostFrames = 10;

    // A program makes its tasks in few places; generated code must not fill the memory.
    private const int MostKnown = 1000;

    private static readonly ConcurrentDictionary<Place, CallStack> s_known = new();

    private readonly string _frames;

    private CallStack(List<StackFrame> frames)
    {
        File = frames.FirstOrDefault()?.GetFileName();
        Method = frames.FirstOrDefault()?.GetMethod() is { } method ? MethodName.Of(method) : null;
        Line = frames.FirstOrDefault()?.GetFileLineNumber() ?? 0;
        Top = File is not null
            ? string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}")
            : Method ?? "an unknown place";
        _frames = new StackTrace(frames).ToString().TrimEnd();
    }

    /// <summary>The innermost frame, <c>FILE:LINE</c>; the method's name where no file is known.</summary>
    public string Top { get; }

    /// <summary>Of the innermost frame; null when there is none.</summary>
    public string? Method { get; }

    /// <summary>Of the innermost frame; null where none is known.</summary>
    public string? File { get; }

    /// <summary>In <see cref="File"/>, from 1; 0 without one.</summary>
    public int Line { get; }

    /// <summary>The caller's.</summary>
    public static CallStack Capture()
    {
        var place = new Place(UserFrames(new StackTrace(fNeedFileInfo: false)));
        if (s_known.TryGetValue(place, out var known))
        {
            return known;
        }

        var stack = new CallStack(UserFrames(new StackTrace(fNeedFileInfo: true)));
        return s_known.Count < MostKnown ? s_known.GetOrAdd(place, stack) : stack;
    }

    /// <summary>One frame per line, innermost first.</summary>
    public override string ToString() => _frames;

    private static List<StackFrame> UserFrames(StackTrace trace) =>
        [.. trace.GetFrames().Where(IsUserCode).Take(MostFrames)];

    private static bool IsUserCode(StackFrame frame) =>
        frame.GetMethod()?.DeclaringType?.Assembly is { } assembly
        && assembly != typeof(CallStack).Assembly
        && assembly != typeof(object).Assembly;

    private readonly struct Place(List<StackFrame> frames) : IEquatable<Place>
    {
        private readonly (MethodBase? Method, int Offset)[] _frames =
            [.. frames.Select(f => (f.GetMethod(), f.GetILOffset()))];

        public bool Equals(Place other) => _frames.AsSpan().SequenceEqual(other._frames);

        public override bool Equals(object? obj) => obj is Place other && Equals(other);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            foreach (var frame in _frames)
            {
                hash.Add(frame);
            }

            return hash.ToHashCode();
        }
    }
}
