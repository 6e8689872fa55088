namespace Rondo.Lab.Models;

/// <summary>
/// <c>broken</c>: an event loop whose handler blocks it. It looks asynchronous, and serves one at a time, as
/// <see cref="OneAtATimeModel"/> does.
/// </summary>
internal sealed class BrokenLoopModel : IServerModel
{
    public void Run(ModelSetup setup) =>
        LoopModel.Run(setup, target => ValueTask.FromResult(setup.Handler.AnswerBlocking(target)));
}
