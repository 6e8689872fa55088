using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Rondo.Lab.Models;

/// <summary>
/// The currency workshop's server: <c>/convert/GBP/100</c> asks another server for the rates of the euro, each time,
/// and answers <c>GBP 88.4</c>. Exact and not rounded.
/// </summary>
internal sealed class ConversionHandler(Uri upstream) : IRequestHandler, IDisposable
{
    // All the world's currencies are a tenth of that.
    private const int LargestAnswer = 64 * 1024;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private static readonly HttpAnswer s_notFound = new(404, "Ask for /convert/GBP/100.\r\n");
    private static readonly HttpAnswer s_unreachable = new(502, "The server with the rates has not answered.\r\n");
    private static readonly HttpAnswer s_noRates = new(
        502, "The server with the rates has answered otherwise.\r\n");

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false });

    public HttpAnswer AnswerBlocking(string target)
    {
        if (Parse(target) is not var (currency, amount))
        {
            return s_notFound;
        }

        try
        {
            using var limit = new CancellationTokenSource(s_limit);
            using var request = new HttpRequestMessage(HttpMethod.Get, upstream);
            using var response = _client.Send(request, limit.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return s_noRates;
            }

            using var body = response.Content.ReadAsStream(limit.Token);
            using var room = MemoryPool<byte>.Shared.Rent(LargestAnswer + 1);
            var count = body.ReadAtLeast(room.Memory.Span, LargestAnswer + 1, throwOnEndOfStream: false);
            return Convert(room.Memory[..count], currency, amount);
        }
        catch (Exception error) when (IsUnreachable(error))
        {
            return s_unreachable;
        }
        catch (JsonException)
        {
            return s_noRates;
        }
    }

    public async ValueTask<HttpAnswer> AnswerAsync(string target)
    {
        if (Parse(target) is not var (currency, amount))
        {
            return s_notFound;
        }

        try
        {
            using var limit = new CancellationTokenSource(s_limit);
            using var request = new HttpRequestMessage(HttpMethod.Get, upstream);
            using var response = await _client.SendAsync(request, limit.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return s_noRates;
            }

            await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
            using var room = MemoryPool<byte>.Shared.Rent(LargestAnswer + 1);
            var count = await body.ReadAtLeastAsync(
                room.Memory, LargestAnswer + 1, throwOnEndOfStream: false, limit.Token);
            return Convert(room.Memory[..count], currency, amount);
        }
        catch (Exception error) when (IsUnreachable(error))
        {
            return s_unreachable;
        }
        catch (JsonException)
        {
            return s_noRates;
        }
    }

    public void Dispose() => _client.Dispose();

    private static bool IsUnreachable(Exception error) =>
        error is HttpRequestException or IOException or OperationCanceledException;

    private static (string Currency, decimal Amount)? Parse(string target) =>
        target.Split('/') is ["", "convert", { Length: 3 } currency, var digits]
            && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            ? (currency.ToUpperInvariant(), amount)
            : null;

    private static HttpAnswer Convert(ReadOnlyMemory<byte> answer, string currency, decimal amount)
    {
        if (answer.Length > LargestAnswer)
        {
            return s_noRates;
        }

        using var rates = JsonDocument.Parse(answer);
        return Convert(rates.RootElement, currency, amount);
    }

    private static HttpAnswer Convert(JsonElement document, string currency, decimal amount)
    {
        if (document.ValueKind != JsonValueKind.Object || !document.TryGetProperty("rates", out var rates)
            || rates.ValueKind != JsonValueKind.Object)
        {
            return s_noRates;
        }

        if (!rates.TryGetProperty(currency, out var number))
        {
            return new HttpAnswer(404, $"There is no rate for {currency}.\r\n");
        }

        if (number.ValueKind != JsonValueKind.Number || !number.TryGetDecimal(out var rate))
        {
            return s_noRates;
        }

        try
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"{currency} {amount * rate:0.############################}");
        }
        catch (OverflowException)
        {
            return new HttpAnswer(400, "The amount is too large.\r\n");
        }
    }
}
