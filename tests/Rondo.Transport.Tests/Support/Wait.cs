namespace Rondo.Transport.Tests.Support;

/// <summary>Waits in real time.</summary>
internal static class Wait
{
    /// <summary>For what another thread brings about.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        for (var tries = 0; !condition(); tries++)
        {
            Assert.True(tries < 6000, "It has not come about in a minute.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
