using Rondo.Lab.Models;

namespace Rondo.Lab.Tests.Models;

/// <summary>Counts how many requests are at work at once, and lets them go when so many have been.</summary>
internal sealed class CountingHandler(int together) : IRequestHandler
{
    private static readonly WorkSpec Work = WorkSpec.Parse("io:10ms")!;

    private readonly object _gate = new();
    private int _inside;
    private int _most;

    public int Most => Volatile.Read(ref _most);

    public HttpAnswer AnswerBlocking(string target)
    {
        Enter();
        do
        {
            Work.DoBlocking();
        }
        while (Most < together);
        Interlocked.Decrement(ref _inside);
        return target;
    }

    public async ValueTask<HttpAnswer> AnswerAsync(string target)
    {
        Enter();
        do
        {
            await Work.DoAsync();
        }
        while (Most < together);
        Interlocked.Decrement(ref _inside);
        return target;
    }

    private void Enter()
    {
        lock (_gate)
        {
            _most = Math.Max(_most, Interlocked.Increment(ref _inside));
        }
    }
}
