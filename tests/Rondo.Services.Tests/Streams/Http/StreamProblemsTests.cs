using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Tests.Streams.Http;

public sealed class StreamProblemsTests
{
    [Fact]
    public async Task Describe_AnotherNodeLeads_SaysWhenToTryAgain()
    {
        var context = new DefaultHttpContext { Response = { Body = new MemoryStream() } };

        await StreamProblems.Describe(new EventStoreException(EventStoreFailure.NotLeader, "x")).WriteAsync(context);

        Assert.Equal(503, context.Response.StatusCode);
        Assert.Equal("1", context.Response.Headers.RetryAfter);
        context.Response.Body.Position = 0;
        using var body = new StreamReader(context.Response.Body);
        Assert.Contains("/problems/not-leader", await body.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData((int)EventStoreFailure.Full, "store-full")]
    [InlineData((int)EventStoreFailure.Unknown, "store-unavailable")]
    [InlineData((int)EventStoreFailure.Closed, "store-unavailable")]
    public void Describe_OtherFailures_PromiseNoTime(int failure, string name)
    {
        var problem = StreamProblems.Describe(new EventStoreException((EventStoreFailure)failure, "x"));

        Assert.Equal((name, null), (problem.Type.Name, problem.Type.RetryAfterSeconds));
    }
}
