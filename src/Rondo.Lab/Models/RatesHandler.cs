namespace Rondo.Lab.Models;

/// <summary>The slow server that the currency workshop's servers ask: waits, then answers with the euro's rates.</summary>
internal sealed class RatesHandler(WorkSpec work) : IRequestHandler
{
    /// <summary>The name of the server that does this.</summary>
    public const string Name = "upstream";

    private const string Rates = """{"base":"EUR","rates":{"USD":1.22,"GBP":0.884}}""";

    public HttpAnswer AnswerBlocking(string target)
    {
        work.DoBlocking();
        return Rates;
    }

    public async ValueTask<HttpAnswer> AnswerAsync(string target)
    {
        await work.DoAsync();
        return Rates;
    }
}
