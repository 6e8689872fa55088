using System.Buffers;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace Rondo.Lab.Load.Engine;

/// <summary>Sends one request at a time over the platform's client.</summary>
internal sealed class Http2Worker(LoadPlan plan, HttpMessageInvoker client, Http2Record record) : IDisposable
{
    private const int RoomBytes = 16 * 1024;

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    private readonly IncrementalHash? _hash =
        plan.ExpectedSha is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Dispose() => _hash?.Dispose();

    /// <summary>One request after another until there is no more to do, or until <paramref name="stop"/>.</summary>
    /// <param name="delay">How long to wait before the first.</param>
    /// <param name="mayStart">Asked before each request.</param>
    /// <param name="stop">Aborts what is under way.</param>
    public async Task RunAsync(TimeSpan delay, Func<bool> mayStart, CancellationToken stop)
    {
        await PauseAsync(delay, stop).ConfigureAwait(false);
        while (!stop.IsCancellationRequested && mayStart())
        {
            if (!await SendAsync(record.Now, stop).ConfigureAwait(false) || plan.ThinkSeconds > 0)
            {
                var pause = plan.ThinkSeconds > 0 ? TimeSpan.FromSeconds(plan.ThinkSeconds) : RetryPause;
                await PauseAsync(pause, stop).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends one request, and counts what becomes of it.</summary>
    /// <param name="start">From when it counts.</param>
    /// <param name="stop">Aborts it.</param>
    /// <returns>False if the next one had better wait.</returns>
    public async Task<bool> SendAsync(long start, CancellationToken stop)
    {
        var sent = record.Now;
        record.Sent(start);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(TimeSpan.FromSeconds(plan.TimeoutSeconds));
        try
        {
            using var request = Request();
            using var response = await client.SendAsync(request, limit.Token).ConfigureAwait(false);
            var firstByte = record.Now;
            var length = await ReadAsync(response, limit.Token).ConfigureAwait(false);
            Judge(response.StatusCode, length, new Http2Times(start, sent, firstByte, record.Now));
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            record.Failed(c => c.AbortedAtEnd++, problem: null, start);
        }
        catch (OperationCanceledException)
        {
            var limitText = plan.TimeoutSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            record.Failed(c => c.Timeouts++, $"no whole answer within {limitText} s", start);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            var error = (e as HttpRequestException)?.HttpRequestError ?? (e as HttpIOException)?.HttpRequestError;
            var why = e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message;
            record.Failed(Kind(error), why, start);
        }

        // What came of its body is none of the next one's.
        _hash?.GetHashAndReset();
        return false;
    }

    private static async Task PauseAsync(TimeSpan pause, CancellationToken stop) =>
        await Task.Delay(pause, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static Action<LoadCounts> Kind(HttpRequestError? error) => error switch
    {
        HttpRequestError.SecureConnectionError => c => c.TlsErrors++,
        HttpRequestError.ResponseEnded => c => c.ClosedEarly++,
        HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => c => c.Malformed++,
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.VersionNegotiationError => c => c.ConnectErrors++,
        _ => c => c.Resets++,
    };

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

        // Not one for each worker: there may be 100 on each of thousands of connections.
        var room = ArrayPool<byte>.Shared.Rent(RoomBytes);
        try
        {
            while (await body.ReadAsync(room, stop).ConfigureAwait(false) is var count and > 0)
            {
                length += count;
                _hash?.AppendData(room, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }

        return length;
    }

    private void Judge(HttpStatusCode code, long length, in Http2Times times)
    {
        var status = (int)code;
        var sha = _hash is null ? null : Convert.ToHexString(_hash.GetHashAndReset());
        if (plan.ExpectedStatus is { } expected ? status != expected : status is < 200 or >= 400)
        {
            record.Failed(c => c.WrongStatus++, $"the status is {status}", times.Start);
        }
        else if (plan.ExpectedLength is { } right && right != length)
        {
            record.Failed(c => c.WrongBody++, $"the body has {length} bytes instead of {right}", times.Start);
        }
        else if (sha is not null && !sha.Equals(plan.ExpectedSha, StringComparison.OrdinalIgnoreCase))
        {
            record.Failed(c => c.WrongBody++, "the body has another SHA-256 than expected", times.Start);
        }
        else
        {
            record.Completed(times, length);
        }
    }
}
