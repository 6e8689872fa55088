using Microsoft.Extensions.Logging;
using Rondo.Transport.Kestrel;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Blocking;

public sealed class BlockingEndpointsTests : IDisposable
{
    private readonly SetTime _time = new();
    private readonly LogList _log = new();
    private readonly BlockingEndpoints _endpoints;

    public BlockingEndpointsTests() => _endpoints = new BlockingEndpoints(_time, _log);

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData("GET", "/a/b", "GET", "/a/b", true)]
    [InlineData("GET", "/a/b/1", "GET", "/a/b/2", true)]
    [InlineData("GET", "/a/b", "GET", "/a/c", false)]
    [InlineData("GET", "/a/b", "POST", "/a/b", false)]
    [InlineData("GET", "/a", "GET", "/a/b", false)]
    [InlineData("GET", "/", "GET", "/", true)]
    [InlineData("GET", "", "GET", "/", false)]
    public void Contains_AfterABlock_ComparesMethodAndTwoSegments(
        string method, string path, string asked, string askedPath, bool isKnown)
    {
        _endpoints.Add(method, path);

        Assert.Equal(isKnown, _endpoints.Contains(asked, askedPath));
    }

    [Fact]
    public void Contains_TenSecondsAfterTheLastBlock_HasForgotten()
    {
        _endpoints.Add("GET", "/a");
        _time.Pass(TimeSpan.FromSeconds(9));
        Assert.True(_endpoints.Contains("GET", "/a"));
        _endpoints.Add("GET", "/a");
        _time.Pass(TimeSpan.FromSeconds(9));
        Assert.True(_endpoints.Contains("GET", "/a"));
        _time.Pass(TimeSpan.FromSeconds(1));

        Assert.False(_endpoints.Contains("GET", "/a"));
        Assert.Equal(0, _endpoints.Count);
    }

    [Fact]
    public void Contains_AfterSixteenHarmlessRunsInARow_HasForgotten()
    {
        _endpoints.Add("GET", "/a");
        Forgive(15);
        Assert.True(_endpoints.Contains("GET", "/a"));
        _endpoints.Add("GET", "/a");
        Forgive(15);
        Assert.True(_endpoints.Contains("GET", "/a"));
        Forgive(1);

        Assert.False(_endpoints.Contains("GET", "/a"));

        void Forgive(int times)
        {
            for (var i = 0; i < times; i++)
            {
                _endpoints.Forgive("GET", "/a");
            }
        }
    }

    [Fact]
    public void Add_MoreThanFit_ForgetsTheOldest()
    {
        for (var i = 0; i < 300; i++)
        {
            _endpoints.Add("GET", $"/{i}");
            _time.Pass(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(256, _endpoints.Count);
        Assert.False(_endpoints.Contains("GET", "/43"));
        Assert.True(_endpoints.Contains("GET", "/44"));
        Assert.True(_endpoints.Contains("GET", "/299"));
    }

    [Fact]
    public void Add_ASecondTime_IsLoggedOnceAndTheFirstIsNot()
    {
        _endpoints.Add("GET", "/first");
        for (var i = 0; i < 3; i++)
        {
            _endpoints.Add("GET", "/again");
        }

        // The log is told beside the loop.
        Assert.True(SpinWait.SpinUntil(() => _log.At(LogLevel.Warning).Count > 0, TimeSpan.FromSeconds(30)));
        Assert.StartsWith("GET /again blocks ", Assert.Single(_log.At(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Fact]
    public void Add_APathOfAnyLength_IsCutAndFoundAgain()
    {
        var path = "/" + new string('x', 100_000);
        _endpoints.Add("GET", path);

        Assert.True(_endpoints.Contains("GET", path));
    }
}
