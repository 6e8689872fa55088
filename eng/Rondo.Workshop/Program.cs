namespace Rondo.Workshop;

/// <summary><c>./dev workshop</c>: shows the exercises, and says what is missing in a file.</summary>
internal static class Program
{
    private const int AtOnce = 2;

    private const string Usage = """
        usage: ./dev workshop list
               ./dev workshop check EXERCISE [FILE]     such as part1.2; FILE is the exercise's template by default
               ./dev workshop check --solutions [PART]  all solutions, or those whose id begins with PART
        """;

    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["list"]:
                foreach (var exercise in Exercise.All)
                {
                    Console.WriteLine($"{exercise.Id,-9} {exercise.Title,-36} {Exercise.Shown(exercise.Template)}");
                }

                return 0;
            case ["check", "--solutions"]:
                return await CheckSolutionsAsync("");
            case ["check", "--solutions", var part]:
                return await CheckSolutionsAsync(part);
            case ["check", var id, .. { Length: < 2 } file]:
                if (Exercise.Find(id) is not { } found)
                {
                    Console.Error.WriteLine($"There is no exercise '{id}': ./dev workshop list");
                    return 2;
                }

                if (file is [var own] && !File.Exists(own))
                {
                    Console.Error.WriteLine($"There is no file '{own}'.");
                    return 2;
                }

                var verdict = await Trial.RunAsync(found, file is [var path] ? path : found.Template);
                Console.Write(verdict.Text);
                return verdict.IsDone ? 0 : 1;
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    private static async Task<int> CheckSolutionsAsync(string part)
    {
        using var turns = new SemaphoreSlim(AtOnce);
        var verdicts = Exercise.All.Where(e => e.Id.StartsWith(part, StringComparison.Ordinal)).Select(async exercise =>
        {
            await turns.WaitAsync();
            try
            {
                return await Trial.RunAsync(exercise, exercise.Solution);
            }
            finally
            {
                turns.Release();
            }
        }).ToList();
        var done = 0;
        foreach (var verdict in verdicts)
        {
            Console.Write((await verdict).Text);
            done += (await verdict).IsDone ? 1 : 0;
        }

        Console.WriteLine($"{done} of {verdicts.Count} solutions do what their exercise asks for.");
        return done == verdicts.Count ? 0 : 1;
    }
}
