namespace Rondo.Lab.Models;

/// <summary>What a server is asked to do: the same work, as code that blocks and as code that awaits.</summary>
internal interface IRequestHandler
{
    /// <summary>Answers, and holds its thread until it has.</summary>
    HttpAnswer AnswerBlocking(string target);

    /// <summary>Answers, and holds its thread only while it computes.</summary>
    ValueTask<HttpAnswer> AnswerAsync(string target);
}
