using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Rondo.Services.Auth.Http;

namespace Rondo.Services.Auth;

/// <summary>
/// Checks by asking the auth service. An answer counts for a moment and for all who ask the same meanwhile; of a key
/// with a rate or a quota each use is asked. While nobody answers, no key counts; what is open stays open.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class RemoteKeys(AuthServer auth, TimeProvider time, ILogger<RemoteKeys> logger)
    : BackgroundService, IKeyChecker
{
    /// <summary>
    /// How long an answer counts, from when it was asked for, and how often is asked after what is open: with the half
    /// second after which the auth service itself sees a change by another process, less than a second.
    /// </summary>
    public static readonly TimeSpan Life = TimeSpan.FromMilliseconds(300);

    private const string Check = "http://" + AuthServer.Name + "/auth/check";
    private const int MostKept = 10_000;
    private const int MostHeldAtOnce = 500;

    // A key with limits is remembered as such.
    private static readonly TimeSpan CountedLife = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ShownKey, AskedKey> _asked = new();
    private int _isDown;

    public KeyRevocations Revocations { get; } = new();

    /// <summary>Answers that are kept.</summary>
    public int Kept => _asked.Count;

    public async ValueTask<KeyAnswer?> CheckAsync(ShownKey shown, CancellationToken cancellation)
    {
        if (shown.IsNothing)
        {
            return null;
        }

        if (!shown.Text.IsNone && !shown.IsTicket && !shown.Text.Span.SequenceEqual(DemoKey.Text)
            && !ApiKey.IsKey(shown.Text.Span))
        {
            return new KeyAnswer(new KeyVerdict(KeyOutcome.Malformed, null));
        }

        // Only a ticket is for one path, and good once.
        return await (shown.IsTicket ? AskAsync(shown) : Shared(shown with { Path = "" })).WaitAsync(cancellation);
    }

    /// <summary>Asks which of the keys that have opened something count no more.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        foreach (var prefixes in Revocations.Watched.Chunk(MostHeldAtOnce))
        {
            try
            {
                using var answer = await SendAsync(json => CheckJson.WriteHeld(json, prefixes), cancellation);
                foreach (var ended in CheckJson.ReadEnded(answer.RootElement))
                {
                    Revocations.End(ended);
                }
            }
            catch (Exception error) when (IsSilence(error) && !cancellation.IsCancellationRequested)
            {
                Tell(error);
                return;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Life, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await LookAsync(stoppingToken);

            // What was shown is a secret: it is kept no longer than it is of use.
            Sweep(time.GetTimestamp());
        }
    }

    private Task<KeyAnswer?> Shared(ShownKey shown)
    {
        var now = time.GetTimestamp();
        if (_asked.TryGetValue(shown, out var before))
        {
            var age = time.GetElapsedTime(before.Asked, now);
            if (before.IsCounted && age < CountedLife)
            {
                return AskAsync(shown);
            }

            if (age < Life)
            {
                return before.Answer;
            }
        }

        var asked = new AskedKey(now, () => AskAsync(shown));
        if (before is not null)
        {
            // Who comes second takes what the first has asked.
            return _asked.TryUpdate(shown, asked, before) ? asked.Answer
                : _asked.TryGetValue(shown, out var other) ? other.Answer
                : asked.Answer;
        }

        if (_asked.Count >= MostKept)
        {
            Sweep(now);
        }

        return _asked.Count >= MostKept ? asked.Answer : _asked.GetOrAdd(shown, asked).Answer;
    }

    private void Sweep(long now)
    {
        foreach (var (shown, asked) in _asked)
        {
            if (time.GetElapsedTime(asked.Asked, now) >= (asked.IsCounted ? CountedLife : Life))
            {
                _asked.TryRemove(KeyValuePair.Create(shown, asked));
            }
        }
    }

    // Shared by requests on several loops: it goes on on none of them.
    private async Task<KeyAnswer?> AskAsync(ShownKey shown)
    {
        try
        {
            using var document = await SendAsync(json => CheckJson.WriteFor(json, shown), CancellationToken.None)
                .ConfigureAwait(false);
            var answer = CheckJson.ReadAnswer(document.RootElement);
            if (answer?.Verdict is { IsAccepted: true, Entry: { } entry })
            {
                Revocations.Revive(entry.Secret.Prefix);
            }

            return answer;
        }
        catch (Exception error) when (IsSilence(error))
        {
            Tell(error);
            return new KeyAnswer(new KeyVerdict(KeyOutcome.Unavailable, null, AskAgainAfter));
        }
    }

    private static bool IsSilence(Exception error) =>
        error is HttpRequestException or OperationCanceledException or IOException or JsonException
            or InvalidOperationException or FormatException or KeyNotFoundException;

    private void Tell(Exception error)
    {
        if (Interlocked.Exchange(ref _isDown, 1) == 0)
        {
            AuthLog.AuthIsSilent(logger, error is OperationCanceledException ? "no answer in time" : error.Message);
        }
    }

    /// <exception cref="HttpRequestException">No instance answers, or not with 200.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    /// <exception cref="JsonException">The answer is none of an auth service.</exception>
    private async Task<JsonDocument> SendAsync(Action<Utf8JsonWriter> write, CancellationToken cancellation)
    {
        var body = CheckJson.Bytes(write);
        try
        {
            return await SendOnceAsync(body, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException error) when (error.HttpRequestError is HttpRequestError.ConnectionError)
        {
            // Nothing was sent: another instance may be there.
            return await SendOnceAsync(body, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<JsonDocument> SendOnceAsync(byte[] body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Check)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } },
        };
        using var response = await auth.Http.SendAsync(request, cancellation).ConfigureAwait(false);
        if (response.StatusCode is not HttpStatusCode.OK)
        {
            throw new HttpRequestException(
                $"'{request.RequestUri!.Authority}' answered {(int)response.StatusCode}"
                    + (response.StatusCode is HttpStatusCode.Forbidden
                        ? ": it does not trust this machine; add its address to 'Auth:TrustedProxies' there"
                        : ""));
        }

        var document = JsonDocument.Parse(
            await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
        if (Interlocked.Exchange(ref _isDown, 0) == 1)
        {
            AuthLog.AuthIsBack(logger);
        }

        return document;
    }
}
