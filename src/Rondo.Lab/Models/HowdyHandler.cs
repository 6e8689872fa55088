namespace Rondo.Lab.Models;

/// <summary>Does its work and says hello, whatever it was asked; <c>/ping</c> alone is answered at once.</summary>
internal sealed class HowdyHandler(WorkSpec work) : IRequestHandler
{
    /// <summary>What costs nothing, so that its time is that of whoever keeps it waiting.</summary>
    public const string Ping = "/ping";

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
        if (target != Ping)
        {
            work.DoBlocking();
        }

        return Howdy;
    }

    public async ValueTask<HttpAnswer> AnswerAsync(string target)
    {
        if (target != Ping)
        {
            await work.DoAsync();
        }

        return Howdy;
    }
}
