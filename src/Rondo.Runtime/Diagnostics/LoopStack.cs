using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// What the loop's thread is in the middle of, from the innermost method out to the callback, read for its author: the
/// statement of the user's code and what it has called.
/// </summary>
internal sealed class LoopStack
{
    // The transport calls its users' code as the loop does, and stands above this package.
    private const string Transport = "Rondo.Transport";

    private static readonly Assembly s_runtime = typeof(EventLoop).Assembly;
    private static readonly string[] s_platforms = ["System.", "Microsoft.", "mscorlib", "netstandard", "WindowsBase"];

    private readonly List<CodeFrame> _frames = [];
    private readonly int _user;

    public LoopStack(IEnumerable<CodeFrame> frames)
    {
        var isHookPassed = false;
        foreach (var frame in frames)
        {
            // The rest is whoever runs the loop.
            if (IsLoop(frame.Method))
            {
                break;
            }

            // Our own part in the wait has nothing to say.
            isHookPassed |= !IsOurs(frame.Method.Module.Assembly);
            if (isHookPassed && !IsWaitHook(frame.Method))
            {
                _frames.Add(frame);
            }
        }

        // Under the callback there is only what has called it.
        var outermost = _frames.FindLastIndex(f => IsUsers(f.Method));
        if (outermost >= 0)
        {
            _frames.RemoveRange(outermost + 1, _frames.Count - outermost - 1);
        }

        // A library without source is less of a help than the line that has called it.
        _user = _frames.FindIndex(f => IsUsers(f.Method) && f.Line is not null);
        if (_user < 0)
        {
            _user = _frames.FindIndex(f => IsUsers(f.Method));
        }
    }

    /// <summary>Whether nothing could be seen.</summary>
    public bool IsEmpty => _frames.Count == 0;

    /// <summary>
    /// The method of the platform or a library that has been called; null if the user's own code runs.
    /// </summary>
    public MethodBase? Call => _user > 0 ? _frames[_user - 1].Method : null;

    /// <summary>The user's method; null if there is none in the callback.</summary>
    public MethodBase? Method => _user >= 0 ? _frames[_user].Method : null;

    /// <summary>The user's statement; null without a PDB.</summary>
    public SourceLine? Line => _user >= 0 ? _frames[_user].Line : null;

    public static LoopStack From(StackTrace trace) => new(
        from frame in trace.GetFrames()
        let method = frame.GetMethod()
        where method is not null
        select new CodeFrame(method, frame.GetILOffset()));

    /// <summary>One line for each method, innermost first, as in an exception.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var frame in _frames)
        {
            text.Append("   at ").Append(MethodName.Of(frame.Method));
            if (frame.Line is { } line)
            {
                text.Append(" in ").Append(line.File).Append(":line ").Append(line.Line);
            }

            text.AppendLine();
        }

        return text.ToString().TrimEnd();
    }

    private static bool IsLoop(MethodBase method) =>
        method.DeclaringType == typeof(EventLoop)
        && method.Name is "Call" or "Invoke" or "RunTurn" or nameof(EventLoop.RunForever);

    private static bool IsWaitHook(MethodBase method) =>
        method.DeclaringType == typeof(SynchronizationContext) || method.DeclaringType == typeof(WaitHandle)
        && method.Name == "WaitMultipleIgnoringSyncContext";

    private static bool IsOurs(Assembly assembly) =>
        assembly == s_runtime || assembly.GetName().Name == Transport;

    private static bool IsUsers(MethodBase method)
    {
        var assembly = method.Module.Assembly;
        return !IsOurs(assembly)
            && !s_platforms.Any(p => assembly.FullName!.StartsWith(p, StringComparison.Ordinal));
    }
}

/// <summary>One method on a stack.</summary>
/// <param name="Method">The method.</param>
/// <param name="Offset">The IL offset in it; negative if unknown.</param>
internal sealed record CodeFrame(MethodBase Method, int Offset)
{
    private readonly Lazy<SourceLine?> _line = new(() => SymbolFile.LineOf(Method, Offset));

    public SourceLine? Line => _line.Value;
}
