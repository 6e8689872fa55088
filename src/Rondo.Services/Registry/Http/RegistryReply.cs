using System.Globalization;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Registry.Http;

/// <summary>What the answers of the registry have in common.</summary>
internal static class RegistryReply
{
    /// <summary>Says which revision an answer is of.</summary>
    public static void Stamp(HttpContext context, RegistrySnapshot registry)
    {
        var headers = context.Response.Headers;
        headers["X-Registry-Index"] = registry.Index.ToString(CultureInfo.InvariantCulture);
        headers["X-Registry-Epoch"] = StreamCursor.Format(registry.Epoch);
        headers.CacheControl = "no-store";
    }

    public static Task RefuseAsync(HttpContext context, RegistryRefusal refusal)
    {
        if (refusal.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter =
                Math.Ceiling(Math.Max(1, wait.TotalSeconds)).ToString("0", CultureInfo.InvariantCulture);
        }

        return new Problem(refusal.Type, refusal.Detail).WriteAsync(context);
    }

    public static RegistryRefusal NoService(string name) => new(
        RegistryProblems.NoService,
        ServiceName.IsName(name) ? $"No '{name}' is registered." : "No service can have such a name.");

    /// <summary>
    /// Carries an order out on the registry's loop. Null after an answer that says why it was not done.
    /// </summary>
    public static async Task<RegistryOutcome?> OrderAsync(
        HttpContext context, RegistryLoop loop, Func<Task<RegistryOutcome>> order)
    {
        try
        {
            var outcome = await loop.AskAsync(order);
            if (outcome.Refusal is not { } refusal)
            {
                return outcome;
            }

            await RefuseAsync(context, refusal);
        }
        catch (EventStoreException error)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
        }

        return null;
    }

    /// <summary>What is registered. Null after an answer that says that it has not been read yet.</summary>
    public static async Task<RegistrySnapshot?> SnapshotAsync(HttpContext context, ServiceRegistry registry)
    {
        if (registry.Current is { } current)
        {
            return current;
        }

        await new Problem(ProblemType.NotReady, "The registry has not read its state yet.").WriteAsync(context);
        return null;
    }
}
