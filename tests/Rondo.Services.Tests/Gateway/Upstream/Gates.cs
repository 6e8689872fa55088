namespace Rondo.Services.Tests.Gateway.Upstream;

/// <summary>How one side of a test waits for another.</summary>
internal static class Gates
{
    /// <summary>Waits until somebody releases it.</summary>
    public static async Task PassAsync(this SemaphoreSlim gate) => Assert.True(
        await gate.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), "Nobody came.");
}
