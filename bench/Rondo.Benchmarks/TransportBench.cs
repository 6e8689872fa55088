namespace Rondo.Benchmarks;

/// <summary>
/// What a request costs on each transport: processor time of the whole server process, server on core 0 and wrk on
/// core 1; then what an idle connection holds.
/// </summary>
internal static class TransportBench
{
    private const int FirstPort = 9721;

    private static readonly int[] Levels = [1, 16, 64, 256, 1000];

    public static async Task RunAsync(bool isQuick)
    {
        await using var results = TransportResults.Open("./dev bench transport" + (isQuick ? " --quick" : ""));
        TransportRow[] rows =
        [
            .. from handler in (TransportHandler[])[TransportHandler.Constant, TransportHandler.Convert]
               from connections in isQuick ? [64] : Levels
               select new TransportRow(handler, connections),
            .. isQuick ? [] : (TransportRow[])[new(TransportHandler.Chunked, 64)],
        ];
        var run = new TransportRun(
            TransportServer.Kinds,
            [
                (TransportServer.Loop, TransportServer.Stock),
                (TransportServer.Loop, TransportServer.Inline),
                (TransportServer.Loop, TransportServer.Limit),
            ],
            FirstPort,
            results);
        TransportRow[] ofProduct =
            [.. Levels.Where(l => !isQuick && l >= 16).Select(l => new TransportRow(TransportHandler.Convert, l))];
        var product = new TransportRun(
            TransportServer.ProductKinds,
            [.. TransportServer.ProductKinds.Where(k => k != TransportServer.ProductLoop)
                .Select(k => (TransportServer.ProductLoop, k))],
            FirstPort,
            results);
        await run.RunAsync(rows, isQuick ? TimeSpan.Zero : product.Estimate(ofProduct) + IdleBench.Estimate);
        if (!isQuick)
        {
            await product.RunAsync(ofProduct, IdleBench.Estimate);
            await IdleBench.RunAsync(results);
        }

        Console.WriteLine($"Every cell is in {results.Path}");
    }

    /// <summary>
    /// What io_uring could gain: the C program on it, with the flags that a loop may use which changes threads and with
    /// those that it may not, beside the same on epoll; and how far our loops are from both.
    /// </summary>
    public static async Task RunRingAsync()
    {
        await using var results = TransportResults.Open("./dev bench transport --io-uring");
        var run = new TransportRun(
            TransportServer.RingKinds,
            [.. TransportServer.RingKinds.Skip(1).Select(kind => (kind, TransportServer.Limit))],
            FirstPort,
            results);
        await run.RunAsync(
            [.. Levels.Skip(1).Select(connections => new TransportRow(TransportHandler.Constant, connections))],
            TimeSpan.Zero);
        Console.WriteLine($"Every cell is in {results.Path}");
    }
}
