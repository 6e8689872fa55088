using Rondo.Services.Noise.Metering;

namespace Rondo.Services.Tests.Noise.Metering;

public sealed class WavReaderTests
{
    private const int Rate = 48_000;
    private static readonly float[] Tone = Sound.Tone(Rate, 1000, 0.1, 0.5);

    /// <summary>How far a sample may be off: half of the smallest step.</summary>
    [Theory]
    [InlineData(8, false, 1 / 256.0)]
    [InlineData(16, false, 1 / 65_536.0)]
    [InlineData(24, false, 1e-7)]
    [InlineData(32, false, 1e-7)]
    [InlineData(32, true, 0)]
    [InlineData(64, true, 0)]
    public async Task Read_EveryFormat_GivesTheSamples(int bits, bool isFloat, double off)
    {
        foreach (var isExtensible in new[] { false, true })
        {
            var format = new WavFormat(Rate, 1, bits, isFloat);
            var (reader, samples) = await ReadAsync(TestWav.Make(format, isExtensible, Tone));

            Assert.Equal(format, reader.Format);
            Assert.Equal(Tone.Length, reader.Promised);
            Assert.False(reader.IsTruncated);
            Assert.Equal(Tone.Length, samples.Length);
            Assert.All(Tone.Zip(samples), pair => Assert.Equal(pair.First, pair.Second, off + 1e-9));
        }
    }

    [Fact]
    public async Task Read_SixChannels_GivesTheOneAskedFor()
    {
        var format = new WavFormat(Rate, 6, 16, false);
        var channels = Enumerable.Range(0, 6).Select(c => Sound.Constant(Rate, 0.01, c / 10.0)).ToArray();
        var bytes = TestWav.Make(format, isExtensible: true, channels);

        for (var channel = 0; channel < 6; channel++)
        {
            var (_, samples) = await ReadAsync(bytes, channel);
            Assert.All(samples, s => Assert.Equal(channel / 10.0, s, 1e-4));
        }

        Assert.Equal(
            "There is no channel 7: the recording has 6.",
            (await Assert.ThrowsAsync<WavException>(() => ReadAsync(bytes, 6))).Message);
    }

    /// <summary>The stream ends before, after, or in the middle of a sample.</summary>
    [Theory]
    [InlineData(-1000, true)]
    [InlineData(-1, true)]
    [InlineData(1000, false)]
    public async Task Read_MoreOrLessThanPromised_EndsWhereTheSoundDoes(int bytes, bool isTruncated)
    {
        var whole = TestWav.Make(new WavFormat(Rate, 1, 16, false), false, Tone);
        Array.Resize(ref whole, whole.Length + bytes);

        var (reader, samples) = await ReadAsync(whole);

        Assert.Equal(isTruncated, reader.IsTruncated);
        Assert.Equal(Tone.Length + Math.Min(0, (bytes - 1) / 2), samples.Length);
    }

    /// <summary>The size of the whole file is nobody's business; that of the sound may be left open.</summary>
    [Theory]
    [InlineData(4, 0u, 4800L)]
    [InlineData(4, 0xFFFF_FFFFu, 4800L)]
    [InlineData(4, 12u, 4800L)]
    [InlineData(40, 0u, null)]
    [InlineData(40, 0xFFFF_FFFFu, null)]
    public async Task Read_SizesThatLie_GivesAllThereIs(int at, uint size, long? promised)
    {
        var bytes = TestWav.Make(new WavFormat(Rate, 1, 16, false), false, Tone);
        BitConverter.TryWriteBytes(bytes.AsSpan(at), size);

        var (reader, samples) = await ReadAsync(bytes);

        Assert.Equal((promised, false, Tone.Length), (reader.Promised, reader.IsTruncated, samples.Length));
    }

    [Fact]
    public async Task Read_PartsBetween_AreSkipped()
    {
        var bytes = TestWav.Make(new WavFormat(Rate, 1, 16, false), false, Tone);
        byte[] odd = [.. "LIST"u8, 3, 0, 0, 0, 1, 2, 3, 0];

        var (_, samples) = await ReadAsync([.. bytes[..36], .. odd, .. bytes[36..], .. odd]);

        Assert.Equal(Tone.Length, samples.Length);
    }

    /// <summary>More than 4 GB: only the first seconds of it, whatever its head promises.</summary>
    [Fact]
    public async Task Read_LargeForm_TakesItsSizesFromThere()
    {
        var wav = TestWav.Make(new WavFormat(Rate, 1, 16, false), false, Tone);
        byte[] sizes =
        [
            .. "ds64"u8, 28, 0, 0, 0,
            .. BitConverter.GetBytes(6_000_000_072L), .. BitConverter.GetBytes(6_000_000_000L),
            .. BitConverter.GetBytes(3_000_000_000L), 0, 0, 0, 0,
        ];
        BitConverter.TryWriteBytes(wav.AsSpan(40), uint.MaxValue);

        var (reader, samples) = await ReadAsync([.. "RF64"u8, .. wav[4..12], .. sizes, .. wav[12..]]);

        Assert.Equal((3_000_000_000, true, Tone.Length), (reader.Promised, reader.IsTruncated, samples.Length));
    }

    /// <summary>An hour of 24 bit in two channels passes through one block.</summary>
    [Fact]
    public async Task Read_LongStream_KeepsNothing()
    {
        var head = TestWav.Make(new WavFormat(Rate, 2, 24, false), false, [], []);
        BitConverter.TryWriteBytes(head.AsSpan(40), uint.MaxValue);
        await using var stream = new EndlessStream(head, 200_000_000);
        var reader = await WavReader.OpenAsync(stream, 0, TestContext.Current.CancellationToken);
        var buffer = new float[4096];
        var before = GC.GetAllocatedBytesForCurrentThread();
        long samples = 0;
        while (await reader.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var count)
        {
            samples += count;
        }

        Assert.Equal(200_000_000 / 6, samples);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Theory]
    [InlineData("", "It is empty.")]
    [InlineData("fLaC\0\0\0\"aaaaaaaa", "This is FLAC.")]
    [InlineData("OggS\0aaaaaaaaaaaaa", "This is Ogg.")]
    [InlineData("ID3\u0003aaaaaaaaaaaaa", "This is MP3.")]
    [InlineData("\0\0\0\u0018ftypM4A aaaa", "This is MP4.")]
    [InlineData("RIFF\0\0\0\0AVI LIST", "It does not begin as a WAV does.")]
    [InlineData("hello, this is text", "It does not begin as a WAV does.")]
    public async Task Open_SomethingElse_SaysWhatItIs(string start, string expected)
    {
        var refused = await Assert.ThrowsAsync<WavException>(
            () => ReadAsync([.. start.Select(c => (byte)c)]));

        Assert.StartsWith(expected, refused.Message, StringComparison.Ordinal);
        Assert.Contains("ffmpeg", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20, 7, "The WAV is compressed (format 7).")]
    [InlineData(22, 0, "The WAV has 0 channels; 1 to 64 can be read.")]
    [InlineData(22, 999, "The WAV has 999 channels; 1 to 64 can be read.")]
    [InlineData(24, 4000, "The WAV has 4000 samples per second; 8000 to 768000 can be measured.")]
    [InlineData(32, 0, "The WAV has samples of 16 bits in 0 bytes for 1 channels, which cannot be read.")]
    [InlineData(34, 4, "The WAV has samples of 4 bits in 2 bytes for 1 channels, which cannot be read.")]
    [InlineData(16, 15, "A part of the WAV's head has 15 bytes, which cannot be.")]
    [InlineData(16, 60000, "A part of the WAV's head has 60000 bytes, which cannot be.")]
    [InlineData(12, 0x2020, "The sound of the WAV comes before its format.")]
    public async Task Open_ImpossibleHead_SaysWhatIsWrong(int at, int value, string expected)
    {
        var bytes = TestWav.Make(new WavFormat(Rate, 1, 16, false), false, Tone);
        BitConverter.TryWriteBytes(bytes.AsSpan(at), (ushort)value);

        var refused = await Assert.ThrowsAsync<WavException>(() => ReadAsync(bytes));

        Assert.StartsWith(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_CutAnywhereInItsHead_IsRefused()
    {
        var bytes = TestWav.Make(new WavFormat(Rate, 2, 16, false), isExtensible: true, Tone, Tone);
        for (var length = 0; length < 68; length++)
        {
            await Assert.ThrowsAsync<WavException>(() => ReadAsync(bytes[..length]));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task Read_NotANumber_SaysWhere(float value)
    {
        var samples = Sound.Silence(Rate, 0.5);
        samples[12_000] = value;

        var refused = await Assert.ThrowsAsync<WavException>(
            () => ReadAsync(TestWav.Make(new WavFormat(Rate, 1, 32, true), false, samples)));

        Assert.Equal("The sample at 0.250 s is not a finite number.", refused.Message);
    }

    [Theory]
    [InlineData(8, 127 / 128.0)]
    [InlineData(16, 0.999)]
    public void ClipsAt_EachWidth_IsNotMoreThanItCanSay(int bits, double expected) =>
        Assert.Equal(expected, new WavFormat(Rate, 1, bits, false).ClipsAt);

    private static async Task<(WavReader Reader, float[] Samples)> ReadAsync(byte[] bytes, int channel = 0)
    {
        await using var stream = new MemoryStream(bytes);
        var reader = await WavReader.OpenAsync(stream, channel, TestContext.Current.CancellationToken);
        var samples = new List<float>();
        var buffer = new float[777];
        while (await reader.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var count)
        {
            samples.AddRange(buffer.AsSpan(0, count));
        }

        return (reader, [.. samples]);
    }
}
