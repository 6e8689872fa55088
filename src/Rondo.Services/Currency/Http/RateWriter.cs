using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Rondo.Services.Currency.Http;

/// <summary>
/// Writes text, dates and decimals as UTF-8. It gathers a block before it touches the response, whose own buffer takes
/// a lock for every piece, and lets the client set the pace: no more than a block waits for the network.
/// </summary>
internal sealed class RateWriter(PipeWriter output, CancellationToken cancellation) : IDisposable
{
    private const int Block = 16 * 1024;
    private const int LongestItem = 64;

    private byte[] _block = ArrayPool<byte>.Shared.Rent(Block * 2);
    private int _length;

    public void Write(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(Reserve(utf8.Length));
        _length += utf8.Length;
    }

    public void Write(string text) =>
        _length += Encoding.UTF8.GetBytes(text, Reserve(Encoding.UTF8.GetMaxByteCount(text.Length)));

    public void Write(DateOnly date)
    {
        date.TryFormat(Reserve(LongestItem), out var written, "O", CultureInfo.InvariantCulture);
        _length += written;
    }

    /// <summary>A number without zeros at its end, as the text and the JSON forms show it.</summary>
    public void Write(decimal number) => _length += Money.Format(number, Reserve(LongestItem));

    /// <summary>Sends if a block is full. Await between rows.</summary>
    public async ValueTask SendIfFullAsync()
    {
        if (_length >= Block)
        {
            await SendAsync();

            // A long answer gives the others a turn: on few cores they would wait for its end.
            await Task.Yield();
        }
    }

    public async ValueTask SendAsync()
    {
        await output.WriteAsync(_block.AsMemory(0, _length), cancellation);
        _length = 0;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_block);
        _block = [];
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_block.Length - _length < bytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent((_block.Length * 2) + bytes);
            _block.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_block);
            _block = larger;
        }

        return _block.AsSpan(_length);
    }
}
