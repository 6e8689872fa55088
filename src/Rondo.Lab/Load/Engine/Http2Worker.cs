using System.Net;
using System.Security.Cryptography;

namespace Rondo.Lab.Load.Engine;

/// <summary>Sends one request after another over the platform's client.</summary>
internal sealed class Http2Worker(LoadPlan plan, HttpMessageInvoker client, Http2Record record) : IDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    private readonly byte[] _room = new byte[64 * 1024];
    private readonly IncrementalHash? _hash =
        plan.ExpectedSha is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Dispose() => _hash?.Dispose();

    /// <summary>Until there is no more to do, or until <paramref name="stop"/>.</summary>
    /// <param name="mayStart">Asked before each request.</param>
    /// <param name="stop">Aborts what is under way.</param>
    public async Task RunAsync(Func<bool> mayStart, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && mayStart())
        {
            var start = LoadClock.Now;
            record.Count(c => c.Sent++);
            if (!await TryOneAsync(start, stop).ConfigureAwait(false) || plan.ThinkSeconds > 0)
            {
                var pause = plan.ThinkSeconds > 0 ? TimeSpan.FromSeconds(plan.ThinkSeconds) : RetryPause;
                await Task.Delay(pause, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static Action<LoadCounts> Kind(HttpRequestError? error) => error switch
    {
        HttpRequestError.SecureConnectionError => c => c.TlsErrors++,
        HttpRequestError.ResponseEnded => c => c.ClosedEarly++,
        HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => c => c.Malformed++,
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.VersionNegotiationError => c => c.ConnectErrors++,
        _ => c => c.Resets++,
    };

    // False if the next one had better wait.
    private async Task<bool> TryOneAsync(long start, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(TimeSpan.FromSeconds(plan.TimeoutSeconds));
        try
        {
            using var request = Request();
            using var response = await client.SendAsync(request, limit.Token).ConfigureAwait(false);
            var firstByte = LoadClock.Now - start;
            var length = await ReadAsync(response, limit.Token).ConfigureAwait(false);
            Judge(response.StatusCode, length, LoadClock.Now - start, firstByte);
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            record.Failed(c => c.AbortedAtEnd++, problem: null, LoadClock.Now - start);
        }
        catch (OperationCanceledException)
        {
            record.Failed(c => c.Timeouts++, $"no whole answer within {plan.TimeoutSeconds} s", LoadClock.Now - start);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            var error = (e as HttpRequestException)?.HttpRequestError ?? (e as HttpIOException)?.HttpRequestError;
            var why = e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message;
            record.Failed(Kind(error), why, LoadClock.Now - start);
        }

        return false;
    }

    private HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(new HttpMethod(plan.Http2Method!), plan.Url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (plan.Request.Length > 0)
        {
            request.Content = new ByteArrayContent(plan.Request);
        }

        foreach (var line in plan.Http2Headers)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = (line[..colon].Trim(), line[(colon + 1)..].Trim());
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    private async Task<long> ReadAsync(HttpResponseMessage response, CancellationToken stop)
    {
        var length = 0L;
        await using var body = await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        while (await body.ReadAsync(_room, stop).ConfigureAwait(false) is var count and > 0)
        {
            length += count;
            _hash?.AppendData(_room, 0, count);
        }

        return length;
    }

    private void Judge(HttpStatusCode code, long length, long whole, long firstByte)
    {
        var status = (int)code;
        var sha = _hash is null ? null : Convert.ToHexString(_hash.GetHashAndReset());
        if (plan.ExpectedStatus is { } expected ? status != expected : status is < 200 or >= 400)
        {
            record.Failed(c => c.WrongStatus++, $"the status is {status}", whole);
        }
        else if (plan.ExpectedLength is { } right && right != length)
        {
            record.Failed(c => c.WrongBody++, $"the body has {length} bytes instead of {right}", whole);
        }
        else if (sha is not null && !sha.Equals(plan.ExpectedSha, StringComparison.OrdinalIgnoreCase))
        {
            record.Failed(c => c.WrongBody++, "the body has another SHA-256 than expected", whole);
        }
        else
        {
            record.Completed(whole, firstByte, length);
        }
    }
}
