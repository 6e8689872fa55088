using Rondo.Lab.Experiments.Watching;

namespace Rondo.Lab.Tests.Experiments;

public sealed class WatchingTests
{
    [Fact]
    public void Metrics_OfTwoLoopsAndAProcess_AreAddedUp()
    {
        var second = MetricsView.Parse("""
            # TYPE rondo_loop_turn_duration_seconds histogram
            rondo_loop_turn_duration_seconds_bucket{rondo_loop_name="a",le="0.05"} 7
            rondo_loop_turn_duration_seconds_bucket{rondo_loop_name="a",le="0.1"} 8
            rondo_loop_turn_duration_seconds_bucket{rondo_loop_name="b",le="0.1"} 4
            rondo_loop_turn_duration_seconds_sum{rondo_loop_name="a"} 1.5
            rondo_loop_turn_duration_seconds_count{rondo_loop_name="a"} 10
            rondo_loop_turn_duration_seconds_count{rondo_loop_name="b"} 4
            dotnet_thread_pool_queue_length_total 3
            dotnet_thread_pool_thread_count_total 12
            dotnet_process_cpu_count 2
            dotnet_process_cpu_time_seconds_total{cpu_mode="system"} 0.25
            dotnet_process_cpu_time_seconds_total{cpu_mode="user"} 1.5
            dotnet_process_memory_working_set_bytes 110166016
            """);

        Assert.Equal(new WatchedSecond(12, 1.75, 110166016, null, 3, 14, 2, 1.5), second);
        Assert.Null(MetricsView.Parse("up 1\n"));
    }

    [Theory]
    [InlineData(true, 0.1, 5L, 1, 1, 1)]
    [InlineData(false, 0.1, 5L, 1, 0, 1)]
    [InlineData(false, 0.9, 5L, 1, 1, 1)]
    [InlineData(false, 0.1, 0L, 1, 1, 1)]
    public void Starvation_ThreadsGrowWhileProcessorsIdle_IsNoticed(bool expected, double cpu, long queued, params int[] threads)
    {
        var sign = new StarvationSign();

        Assert.Equal(expected, threads.Select(t => sign.Notice(t, cpu, queued)).ToList()[^1]);
    }
}
