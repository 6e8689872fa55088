using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Rondo.Services.Currency.Http;

/// <summary>
/// Writes text, dates and decimals as UTF-8 straight into the response, and lets the client set the pace: it waits for
/// the network before more than a block lies unsent.
/// </summary>
internal sealed class RateWriter(PipeWriter output, CancellationToken cancellation)
{
    private const int Block = 16 * 1024;
    private const int LongestItem = 64;

    private int _unsent;

    public void Write(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(output.GetSpan(utf8.Length));
        Advance(utf8.Length);
    }

    public void Write(string text) => Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));

    public void Write(DateOnly date)
    {
        date.TryFormat(output.GetSpan(LongestItem), out var written, "O", CultureInfo.InvariantCulture);
        Advance(written);
    }

    /// <summary>A number without zeros at its end, as the text and the JSON forms show it.</summary>
    public void Write(decimal number) => Advance(Money.Format(number, output.GetSpan(LongestItem)));

    /// <summary>Sends if a block is full. Await between rows.</summary>
    public ValueTask<FlushResult> SendIfFullAsync() => _unsent < Block ? default : SendAsync();

    public ValueTask<FlushResult> SendAsync()
    {
        _unsent = 0;
        return output.FlushAsync(cancellation);
    }

    private void Advance(int bytes)
    {
        output.Advance(bytes);
        _unsent += bytes;
    }
}
