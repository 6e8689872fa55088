using BenchmarkDotNet.Running;
using Rondo.Benchmarks;

switch (args)
{
    case ["baseline", var port]:
        await Baseline.RunAsync(port);
        return 0;
    case ["http"]:
        await HttpBench.RunAsync();
        return 0;
    case ["range"]:
        await RangeBench.RunAsync();
        return 0;
    case ["start"]:
        await StartBench.RunAsync();
        return 0;
    case ["micro", .. var rest]:
        BenchmarkSwitcher.FromAssembly(typeof(MoneyBenchmark).Assembly).Run(rest is [] ? ["--filter", "*"] : rest);
        return 0;
    case ["all"]:
        await StartBench.RunAsync();
        await HttpBench.RunAsync();
        await RangeBench.RunAsync();
        BenchmarkSwitcher.FromAssembly(typeof(MoneyBenchmark).Assembly).Run(["--filter", "*"]);
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: ./dev bench [http|range|start|micro]");
        return 2;
}
