namespace Rondo.Workshop.Tests;

/// <summary>Every template and every solution, checked once, two at a time.</summary>
public sealed class WorkshopRun : IAsyncLifetime
{
    private readonly Dictionary<string, (Verdict Template, Verdict Solution)> _verdicts = [];

    public async ValueTask InitializeAsync() => await Parallel.ForEachAsync(
        Exercise.All,
        new ParallelOptions { MaxDegreeOfParallelism = 2 },
        async (exercise, _) =>
        {
            var template = await Trial.RunAsync(exercise, exercise.Template);
            var solution = await Trial.RunAsync(exercise, exercise.Solution);
            lock (_verdicts)
            {
                _verdicts[exercise.Id] = (template, solution);
            }
        });

    public ValueTask DisposeAsync() => default;

    internal (Verdict Template, Verdict Solution) Of(string id) => _verdicts[id];
}
