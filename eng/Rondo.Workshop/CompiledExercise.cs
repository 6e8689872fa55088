using System.Diagnostics;
using System.Reflection;

namespace Rondo.Workshop;

/// <summary>A program made of somebody's file, beside what it needs to run; gone when disposed.</summary>
internal sealed class CompiledExercise : IDisposable
{
    private static readonly string Folder = AppContext.BaseDirectory;
    private static int s_last;

    private readonly string _path;

    private CompiledExercise(string path) => _path = path;

    /// <summary>Errors or warnings of the compiler.</summary>
    public IReadOnlyList<string> Complaints { get; private init; } = [];

    /// <summary>Whether there is a program.</summary>
    public bool CanRun => !Complaints.Any(c => c.StartsWith("error", StringComparison.Ordinal));

    public static CompiledExercise Make(Exercise exercise, string file)
    {
        // Of its own, since several may run at once.
        var name = $"{exercise.Id}-{Environment.ProcessId}-{Interlocked.Increment(ref s_last)}";
        var path = Path.Combine(Folder, name);
        var complaints = ExerciseCompiler.Compile(file, path + ".dll");
        var own = Path.Combine(Folder, Assembly.GetEntryAssembly()!.GetName().Name!);
        foreach (var kind in (string[])[".runtimeconfig.json", ".deps.json"])
        {
            File.Copy(own + kind, path + kind, overwrite: true);
        }

        return new CompiledExercise(path) { Complaints = complaints };
    }

    /// <summary>Starts it, with the addresses that an exercise takes from its environment.</summary>
    public RunningExercise Start(string[] arguments, Uri upstream)
    {
        var start = new ProcessStartInfo("dotnet", [_path + ".dll", .. arguments])
        {
            WorkingDirectory = Exercise.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PORT"] = "0", ["UPSTREAM"] = upstream.ToString() },
        };
        return new RunningExercise(Process.Start(start)!);
    }

    public void Dispose()
    {
        foreach (var file in Directory.EnumerateFiles(Folder, Path.GetFileName(_path) + ".*"))
        {
            File.Delete(file);
        }
    }
}
