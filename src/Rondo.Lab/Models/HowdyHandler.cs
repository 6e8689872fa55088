namespace Rondo.Lab.Models;

/// <summary>Does its work and says hello, whatever it was asked.</summary>
internal sealed class HowdyHandler(WorkSpec work) : IRequestHandler
{
    private const string Howdy = "Howdy!\r\n";

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
