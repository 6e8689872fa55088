namespace Rondo.Services.Noise.Mqtt;

/// <summary>The answers of a broker, one after the other, however their bytes come.</summary>
/// <threadsafety>One reader at a time.</threadsafety>
internal sealed class MqttInput(Stream stream)
{
    private readonly byte[] _bytes = new byte[256];
    private int _start;
    private int _end;

    /// <exception cref="MqttException">The broker has ended, or sends what is no answer.</exception>
    public async ValueTask<MqttAnswer> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var length = MqttAnswer.Read(_bytes.AsSpan(_start, _end - _start), out var answer);
            if (length > 0)
            {
                _start += length;
                return answer;
            }

            // Less than one answer is left.
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            (_start, _end) = (0, _end - _start);
            var read = await stream.ReadAsync(_bytes.AsMemory(_end), cancellation);
            if (read == 0)
            {
                throw new MqttException("The broker has closed the connection.");
            }

            _end += read;
        }
    }
}
