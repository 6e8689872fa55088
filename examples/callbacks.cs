#:project ../src/Rondo.Runtime
// The same two steps three times: with callbacks, with promises, as a coroutine. Each asks for a user, then for what that
// user has ordered; only the last one reads from top to bottom, and a mistake in it ends up where one would look for it.
//
// > callbacks: ada ordered 3 books
// > promises: ada ordered 3 books
// > coroutine: ada ordered 3 books

using Rondo.Runtime;

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    var callbacks = new TaskCompletionSource();
    AskWithCallback(loop, "ada", user =>
        AskWithCallback(loop, $"{user} ordered 3 books", answer =>
        {
            Console.WriteLine($"callbacks: {answer}");
            callbacks.SetResult();
        }));
    await callbacks.Task;

    await AskAsync(loop, "ada")
        .ContinueWith(user => AskAsync(loop, $"{user.Result} ordered 3 books"), loop.TaskScheduler)
        .Unwrap()
        .ContinueWith(answer => Console.WriteLine($"promises: {answer.Result}"), loop.TaskScheduler);

    var user = await AskAsync(loop, "ada");
    var answer = await AskAsync(loop, $"{user} ordered 3 books");
    Console.WriteLine($"coroutine: {answer}");
});

static void AskWithCallback(EventLoop loop, string answer, Action<string> callback) =>
    loop.CallLater(TimeSpan.FromMilliseconds(10), () => callback(answer));

static async Task<string> AskAsync(EventLoop loop, string answer)
{
    await loop.Delay(TimeSpan.FromMilliseconds(10));
    return answer;
}
