namespace Rondo.Runtime.Diagnostics;

/// <summary>The sampler, where it may be missing. It names no type of the packages that it is made of.</summary>
internal static class Sampler
{
    /// <summary>As <see cref="EventPipeSampler.Take"/>; null also if the program was deployed without the packages.</summary>
    public static LoopStack? TryTake(int? threadId, Func<bool> isStuck)
    {
        try
        {
            return EventPipeSampler.Take(threadId, isStuck);
        }
        catch (Exception error) when (error is IOException or TypeLoadException or BadImageFormatException)
        {
            return null;
        }
    }
}
