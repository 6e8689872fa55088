#pragma warning disable xUnit1051 // The scope around the test cancels what waits in it.
using System.Globalization;
using Rondo.Runtime.Tasks;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Testing;

/// <summary>
/// A small protocol as its author would test it: a client numbers its requests, connects anew after a reset or a
/// silence and asks again; the server counts each number once.
/// </summary>
public sealed class VirtualNetworkProtocolTests
{
    private const int Requests = 30;

    [Fact]
    public void Client_OnARoughLine_IsServedOnceForEachRequest() => VirtualLoop.Explore(
        async test =>
        {
            test.Network.Conditions = new LinkConditions
            {
                Latency = TimeSpan.FromMilliseconds(20),
                Jitter = TimeSpan.FromMilliseconds(20),
                Loss = 0.05,
                ResetRate = 0.05,
            };
            var counted = new HashSet<string>();
            _ = test.Loop.CreateTask(() => ServeAsync(test, counted), "server");

            await AskAllAsync(test);

            Assert.Equal(Requests, counted.Count);
        },
        seeds: 20);

    [Fact]
    public void Client_PartitionOfAnHour_GoesOnAfterwards() => VirtualLoop.Run(async test =>
    {
        var counted = new HashSet<string>();
        _ = test.Loop.CreateTask(() => ServeAsync(test, counted), "server");
        test.Network.Partition("client", "server");
        test.Loop.CallLater(TimeSpan.FromHours(1), () => test.Network.Heal("client", "server"));

        await AskAllAsync(test);

        Assert.Equal(Requests, counted.Count);
        Assert.InRange(test.Loop.Time, TimeSpan.FromHours(1), TimeSpan.FromHours(1.01));
    });

    private static async Task ServeAsync(VirtualLoop test, HashSet<string> counted)
    {
        using var listener = test.Network.Listen("server");
        while (true)
        {
            var connection = await listener.AcceptAsync();
            _ = test.Loop.CreateTask(() => AnswerAsync(connection));
        }

        async Task AnswerAsync(Stream connection)
        {
            try
            {
                using var reader = new StreamReader(connection);
                while (await reader.ReadLineAsync() is { } request)
                {
                    counted.Add(request);
                    await connection.WriteAsync("ok\n"u8.ToArray());
                }
            }
            catch (IOException)
            {
                // The client comes back.
            }
        }
    }

    private static async Task AskAllAsync(VirtualLoop test)
    {
        for (var asked = 0; asked < Requests;)
        {
            try
            {
                await TimeoutScope.RunAsync(TimeSpan.FromSeconds(10), async _ =>
                {
                    using var connection = await test.Network.ConnectAsync("server");
                    using var reader = new StreamReader(connection);
                    for (; asked < Requests; asked++)
                    {
                        await connection.WriteAsync(
                            System.Text.Encoding.ASCII.GetBytes(asked.ToString(CultureInfo.InvariantCulture) + "\n"));
                        Assert.Equal("ok", await reader.ReadLineAsync() ?? throw new IOException("The server left."));
                    }
                });
            }
            catch (Exception error) when (error is IOException or TimeoutException)
            {
                await test.Loop.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }
}
