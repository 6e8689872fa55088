namespace Rondo.Lab.Models;

/// <summary>Does its work and says hello, whatever it was asked.</summary>
internal sealed class HowdyHandler(WorkSpec work) : IRequestHandler
{
    private const string Howdy = "Howdy!\r\n";

    /// <summary>What it does for each request.</summary>
    public WorkSpec Work => work;

    /// <summary>
    /// As <see cref="AnswerBlocking"/>, for a process that has no handler: the parts of a <see cref="WorkSpec"/> go
    /// there as they are.
    /// </summary>
    public static string AnswerAnywhere(TimeSpan wait, TimeSpan compute, int memoryBytes)
    {
        new WorkSpec(wait, compute, memoryBytes).DoBlocking();
        return Howdy;
    }

    public HttpAnswer AnswerBlocking(string target)
    {
        work.DoBlocking();
        return Howdy;
    }

    public async ValueTask<HttpAnswer> AnswerAsync(string target)
    {
        await work.DoAsync();
        return Howdy;
    }
}
