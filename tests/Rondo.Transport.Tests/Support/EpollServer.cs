using System.Buffers;
using Microsoft.Extensions.Logging;
using Rondo.Transport.Kestrel;
using Rondo.Transport.Native;

namespace Rondo.Transport.Tests.Support;

/// <summary>Puts the transport below Kestrel with system calls and a pool that a test knows.</summary>
internal static class EpollServer
{
    public static Action<IWebHostBuilder> Use(
        LinuxCalls? calls = null,
        MemoryPool<byte>? pool = null,
        int loops = 2,
        int spareThreads = 512,
        TimeSpan? blockingLimit = null) => builder =>
        builder.ConfigureServices(services => services.AddSingleton<IConnectionListenerFactory>(
            provider => new LoopTransportFactory(
                new LoopTransportOptions
                {
                    Loops = loops,
                    SpareThreads = spareThreads,
                    BlockingLimit = blockingLimit ?? TimeSpan.FromMilliseconds(5),
                },
                provider.GetRequiredService<ILoggerFactory>(),
                pool ?? MemoryPool<byte>.Shared,
                calls ?? new LinuxCalls())));

    public static Task<TestServer> StartAsync(
        RequestDelegate handler,
        LinuxCalls? calls = null,
        int loops = 2,
        int spareThreads = 512,
        TimeSpan? blockingLimit = null) => TestServer.StartAsync(
            Use(calls, loops: loops, spareThreads: spareThreads, blockingLimit: blockingLimit), handler);
}
