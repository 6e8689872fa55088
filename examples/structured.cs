#:project ../src/Rondo.Runtime
// Tasks that live and end together: the first failure cancels the others, nobody outlives the block, no error is lost.
//
// > booking the hotel: cancelled
// > the flight is full
// > too slow: cancelled by its limit

using Rondo.Runtime;
using Rondo.Runtime.Tasks;

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    try
    {
        await TaskGroup.RunAsync(group =>
        {
            group.Start(() => BookHotelAsync(loop), "hotel");
            group.Start(() => BookFlightAsync(loop), "flight");
            return Task.CompletedTask;
        });
    }
    catch (AggregateException errors)
    {
        Console.WriteLine(string.Join(", ", errors.InnerExceptions.Select(error => error.Message)));
    }

    var wasCancelled = await CancelScope.RunAsync(
        scope => Task.Delay(Timeout.InfiniteTimeSpan, scope.Token), deadline: TimeSpan.FromMilliseconds(20));
    Console.WriteLine(wasCancelled ? "too slow: cancelled by its limit" : "in time");
});

static async Task BookHotelAsync(EventLoop loop)
{
    try
    {
        await loop.Delay(TimeSpan.FromHours(1));
    }
    catch (OperationCanceledException)
    {
        Console.WriteLine("booking the hotel: cancelled");
        throw;
    }
}

static async Task BookFlightAsync(EventLoop loop)
{
    await loop.Delay(TimeSpan.FromMilliseconds(20));
    throw new InvalidOperationException("the flight is full");
}
