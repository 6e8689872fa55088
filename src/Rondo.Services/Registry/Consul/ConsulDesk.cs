using System.Globalization;
using Rondo.Services.Auth;
using Rondo.Services.Registry.Http;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Registry.Consul;

/// <summary>
/// What the routes of Consul have in common: its tokens, which are keys of ours, its indexes, its errors as plain text.
/// </summary>
internal sealed class ConsulDesk(
    ServiceRegistry registry, RegistryLoop loop, KeyCheck check, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>The one node of the one datacenter.</summary>
    public const string Node = "rondo";
    public const string Datacenter = "dc1";

    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(5);

    /// <summary>The key of a request; false after an answer that says what is wrong with it.</summary>
    public async Task<(bool IsGood, StoredKey? Key)> KeyAsync(HttpContext context)
    {
        if (Token(context) is not { } sent)
        {
            return (true, null);
        }

        var verdict = check.Check(sent, context.Connection.RemoteIpAddress, origin: null);
        if (verdict.IsAccepted)
        {
            return (true, verdict.Entry!.Key);
        }

        await RefuseAsync(context, StatusCodes.Status403Forbidden, "ACL not found");
        return (false, null);
    }

    /// <summary>
    /// Who reports on an instance. Clients of old send their token with the registration alone: without one it counts
    /// from where they come, and that no browser is made to call.
    /// </summary>
    public async Task<Claim?> ClaimAsync(HttpContext context)
    {
        var (isGood, key) = await KeyAsync(context);
        if (!isGood)
        {
            return null;
        }

        if (key is not null)
        {
            return new Claim(null, key.Id, RegistryCaller.MayAdminister(key));
        }

        var headers = context.Request.Headers;
        return headers.ContainsKey("Sec-Fetch-Site") || headers.Origin.Count > 0
            ? new Claim(null)
            : new Claim(null, From: Address(context));
    }

    public static string Address(HttpContext context) =>
        context.Connection.RemoteIpAddress is not { } address ? "127.0.0.1"
        : address.IsIPv4MappedToIPv6 ? address.MapToIPv4().ToString()
        : address.ToString();

    /// <summary>
    /// The state, newer than the client's if it waits for that (<c>index</c>, <c>wait</c>). Null after another answer.
    /// </summary>
    public async Task<RegistrySnapshot?> SinceAsync(HttpContext context, string? name)
    {
        var query = context.Request.Query;
        if (registry.Current is not { } now)
        {
            await RefuseAsync(context, StatusCodes.Status500InternalServerError, "No cluster leader");
            return null;
        }

        var (index, wait) = (0UL, DefaultWait);
        if (query["index"] is [{ Length: > 0 } text]
            && (text.AsSpan().ContainsAnyExceptInRange('0', '9')
                || !ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index)))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "Invalid index");
            return null;
        }

        if (query["wait"] is [{ Length: > 0 } time_])
        {
            if (TimeText.Parse(time_) is not { } asked)
            {
                await RefuseAsync(context, StatusCodes.Status400BadRequest, "Invalid wait time");
                return null;
            }

            wait = asked < LookupParameters.LongestWait ? asked : LookupParameters.LongestWait;
        }

        // One that is ahead of ours belongs to another history.
        if (index > 0 && index <= Index(now))
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(
                context.RequestAborted, lifetime.ApplicationStopping);
            now = await LookupEndpoints.NewerAsync(
                registry, time, name, (long)index - 1, wait + (wait / 16 * Spread(context)), ending.Token);
        }

        var headers = context.Response.Headers;
        headers["X-Consul-Index"] = Index(now).ToString(CultureInfo.InvariantCulture);
        headers["X-Consul-KnownLeader"] = "true";
        headers["X-Consul-LastContact"] = "0";
        headers["X-Consul-Effective-Consistency"] = "leader";
        headers.CacheControl = "no-store";
        return now;
    }

    /// <summary>Carries an order out; null after an answer that says why it was not done.</summary>
    public async Task<RegistryOutcome?> OrderAsync(HttpContext context, Func<Task<RegistryOutcome>> order)
    {
        try
        {
            var outcome = await loop.AskAsync(order);
            if (outcome.Refusal is not { } refusal)
            {
                return outcome;
            }

            await RefuseAsync(
                context,
                refusal.Type == RegistryProblems.LeaseHeld ? StatusCodes.Status403Forbidden : refusal.Type.Status,
                refusal.Type == RegistryProblems.LeaseHeld ? "Permission denied: " + refusal.Detail : refusal.Detail);
        }
        catch (EventStoreException error)
        {
            await RefuseAsync(
                context, StatusCodes.Status500InternalServerError, StreamProblems.Describe(error).Detail);
        }

        return null;
    }

    public static Task RefuseAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    // Never 0, which clients take for a mistake.
    private static ulong Index(RegistrySnapshot registry) => (ulong)registry.Index + 1;

    // So that those who began together do not come back together.
    private static double Spread(HttpContext context) =>
        (uint)context.TraceIdentifier.GetHashCode(StringComparison.Ordinal) / (double)uint.MaxValue;

    private static string? Token(HttpContext context)
    {
        const string bearer = "Bearer ";
        var request = context.Request;
        return request.Headers["X-Consul-Token"] is [{ Length: > 0 } token] ? token
            : request.Headers.Authorization is [{ } authorization]
                && authorization.StartsWith(bearer, StringComparison.OrdinalIgnoreCase)
                ? authorization[bearer.Length..].Trim()
            : request.Headers["X-API-Key"] is [{ Length: > 0 } key] ? key
            : request.Query["token"] is [{ Length: > 0 } old] ? old
            : null;
    }
}
