using System.Globalization;
using BenchmarkDotNet.Running;
using Rondo.Benchmarks;

switch (args)
{
    case ["baseline", var port]:
        await Baseline.RunAsync(port);
        return 0;
    case ["transport-server", var kind, var port, var folder]:
        await TransportServer.RunAsync(kind, port, folder);
        return 0;
    case ["transport", "--check"]:
        return await TransportCheck.RunAsync();
    case ["transport", "--idle"]:
        await IdleBench.RunAsync();
        return 0;
    case ["transport", "--io-uring"]:
        await TransportBench.RunRingAsync();
        return 0;
    case ["transport", .. var rest] when rest is [] or ["--quick"]:
        await TransportBench.RunAsync(isQuick: rest is ["--quick"]);
        return 0;
    case ["load", .. var rest] when rest is [] or ["--quick"]:
        await LoadBench.RunAsync(isQuick: rest is ["--quick"]);
        return 0;
    case ["gateway", .. var rest] when rest is [] or ["--quick"]:
        await GatewayBench.RunAsync(isQuick: rest is ["--quick"]);
        return 0;
    case ["gateway", "--downloads"]:
        await GatewayBench.RunDownloadsAsync();
        return 0;
    case ["gateway", "--at", var address, "--pid", var process]:
        await GatewayBench.RunAsync(
            isQuick: true, new Uri(address), int.Parse(process, CultureInfo.InvariantCulture));
        return 0;
    case ["http"]:
        await HttpBench.RunAsync();
        return 0;
    case ["weather"]:
        await WeatherBench.RunAsync();
        return 0;
    case ["range"]:
        await RangeBench.RunAsync();
        return 0;
    case ["start"]:
        await StartBench.RunAsync();
        return 0;
    case ["chat"]:
        await ChatBench.RunAsync();
        return 0;
    case ["chat-room", var port]:
        await ChatRoom.RunAsync(port);
        return 0;
    case ["noise"]:
        await NoiseBench.RunAsync();
        return 0;
    case ["streams"]:
        await StreamBench.RunAsync();
        return 0;
    case ["postgres"]:
        await StreamBench.RunPostgresAsync();
        return 0;
    case ["nodes", .. var rest] when rest is [] or ["--quick"]:
        await NodesBench.RunAsync(isQuick: rest is ["--quick"]);
        return 0;
    case ["streams-child", var path]:
        await StreamBench.RunChildAsync(path);
        return 0;
    case ["loop"]:
        await LoopBench.RunAsync();
        return 0;
    case ["loop", "virtual"]:
        await LoopBench.RunVirtualAsync();
        return 0;
    case ["loop-child", "virtual"]:
        LoopOperations.RunVirtual();
        return 0;
    case ["loop-child", var kind, var operations]:
        LoopOperations.Run(kind, int.Parse(operations, CultureInfo.InvariantCulture));
        return 0;
    case ["executor"]:
        await ExecutorBench.RunAsync();
        return 0;
    case ["executor-child", var count, var where]:
        await ExecutorOperations.RunAsync(int.Parse(count, CultureInfo.InvariantCulture), where == "pinned");
        return 0;
    case ["blocking", .. var rest] when rest is [] or ["--loops"]:
        await BlockingBench.RunAsync(rest is [] ? ["stock", "loops"] : ["loops"]);
        return 0;
    case ["blocking-child", var transport, var listen, var upstream, var protocol]:
        await BlockingServer.RunAsync(transport, listen, upstream, protocol);
        return 0;
    case ["micro", .. var rest]:
        Micro(rest is [] ? ["--filter", "*"] : rest);
        return 0;
    case ["all"]:
        await StartBench.RunAsync();
        await HttpBench.RunAsync();
        await WeatherBench.RunAsync();
        await RangeBench.RunAsync();
        await StreamBench.RunAsync();
        await ChatBench.RunAsync();
        await LoopBench.RunAsync();
        await ExecutorBench.RunAsync();
        await TransportBench.RunAsync(isQuick: false);
        await BlockingBench.RunAsync(["stock", "loops"]);
        await LoadBench.RunAsync(isQuick: false);
        await GatewayBench.RunAsync(isQuick: false);
        Micro(["--filter", "*"]);
        return 0;
    default:
        await Console.Error.WriteLineAsync(
            """
            usage: ./dev bench [NAME [option]]

              http       requests beside bare Kestrel
              weather    a forecast from the cache beside a conversion, and the locks it waits for
              range      long ranges of rates
              streams    durable events, with a slow disk too
              postgres   durable events in a PostgreSQL that is thrown away
              nodes      a request, a post and a hall of 100 to 10,000 people, on one node and on three, 14 minutes;
                         --quick: 7 minutes
              chat       a message to a thousand, beside Node, Python and stock Kestrel; idle connections; posts
              noise      30 rooms at 8 frames/s and 100 viewers: how old levels are, processor, memory; 1 minute
              start      from the command to the first answer
              loop       the event loop beside a yardstick, asyncio and uvloop; virtual: virtual time alone
              load       rondo load beside wrk, ab, hey, h2load and autocannon; --quick: 3 rounds
              executor   worker processes beside CPython's pool and a C program
              blocking   handlers that block, beside stock Kestrel, over each protocol, 10 minutes; --loops: without stock, 4
              transport  event loops beside stock sockets and a C program on epoll, 23 minutes; --quick: 4 minutes,
                         --idle: memory alone, --check: 45 s, fails when the loops do not pay, --io-uring: what
                         io_uring could gain, 7 minutes
              gateway    a request through nginx, HAProxy, Go's proxy and rondo up, 8 minutes; --quick: 2 minutes,
                         --downloads: 100 of 100 MB at once alone, --at URL --pid N: one that runs already, sending
                         to port 9781, beside nginx
              micro      nanoseconds and bytes of single operations

            Without a name, all of them.
            """);
        return 2;
}

static void Micro(string[] arguments) => BenchmarkSwitcher
    .FromAssembly(typeof(MoneyBenchmark).Assembly)
    .Run([.. arguments, "--artifacts", "artifacts/benchmarks"]);
