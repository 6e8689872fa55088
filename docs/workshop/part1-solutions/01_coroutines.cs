#:project ../../../src/Rondo.Runtime
// Part 1, exercise 1: callbacks against coroutines
// The same three steps, once with callbacks and once as a coroutine. The first is given; write the second.
//
// > callbacks: ada ordered 3 books, 42 EUR
// > coroutine: ada ordered 3 books, 42 EUR
// ? Three lines with 'await', one for each step, and a fourth that returns. No lambda, no callback.

using Rondo.Runtime;

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    var done = new TaskCompletionSource();
    AskThen(loop, "ada", user =>
        AskThen(loop, $"{user} ordered 3 books", order =>
            AskThen(loop, "42 EUR", price =>
            {
                Console.WriteLine($"callbacks: {order}, {price}");
                done.SetResult();
            })));
    await done.Task;

    Console.WriteLine($"coroutine: {await OrderAsync(loop)}");
});

static async Task<string> OrderAsync(EventLoop loop)
{
    var user = await AskAsync(loop, "ada");
    var order = await AskAsync(loop, $"{user} ordered 3 books");
    var price = await AskAsync(loop, "42 EUR");
    return $"{order}, {price}";
}

static void AskThen(EventLoop loop, string answer, Action<string> callback) =>
    loop.CallLater(TimeSpan.FromMilliseconds(10), () => callback(answer));

static async Task<string> AskAsync(EventLoop loop, string answer)
{
    await loop.Delay(TimeSpan.FromMilliseconds(10));
    return answer;
}
