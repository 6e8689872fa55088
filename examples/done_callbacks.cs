#:project ../src/Rondo.Runtime
// Who wants to know when a task has ended need not wait for it: a done-callback runs in the turn after the end, in the
// order in which it was added, whether the task succeeded, failed or was cancelled.
//
// > started
// > bill: ended
// > bill was seen by the second callback too
// > bill is 42

using Rondo.Runtime;

EventLoop.Run(async () =>
{
    var bill = EventLoop.Running!.CreateTask(AddUpAsync, "bill");
    bill.AddDoneCallback(task => Console.WriteLine($"{task.Name}: {(task.IsCanceled ? "cancelled" : "ended")}"));
    bill.AddDoneCallback(task => Console.WriteLine($"{task.Name} was seen by the second callback too"));
    Console.WriteLine("started");
    await EventLoop.Running!.Delay(TimeSpan.FromMilliseconds(200));
    Console.WriteLine($"bill is {await bill}");
});

static async Task<int> AddUpAsync()
{
    await Task.Yield();
    return 42;
}
