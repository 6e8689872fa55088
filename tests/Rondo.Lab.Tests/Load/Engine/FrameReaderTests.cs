using Rondo.Lab.Load.Engine;

namespace Rondo.Lab.Tests.Load.Engine;

public sealed class FrameReaderTests
{
    [Theory]
    [InlineData("8103616263", 3, "Complete")]
    [InlineData("0101618001 62", 2, "Complete")]
    [InlineData("0101618902787980016 2", 2, "Complete")]
    [InlineData("8100", 0, "Complete")]
    [InlineData("81", 0, "More")]
    [InlineData("810361", 1, "More")]
    [InlineData("880203E9", 0, "Closing")]
    [InlineData("8800", 0, "Closing")]
    [InlineData("C10161", 0, "Malformed")]
    [InlineData("818161", 0, "Malformed")]
    [InlineData("830161", 0, "Malformed")]
    [InlineData("890200", 0, "More")]
    [InlineData("8A00 810161", 1, "Complete")]
    [InlineData("897E007E", 0, "Malformed")]
    [InlineData("0900", 0, "Malformed")]
    [InlineData("800161", 0, "Malformed")]
    [InlineData("010161 810161", 1, "Malformed")]
    [InlineData("817FFFFFFFFFFFFFFFFF", 0, "Malformed")]
    public void Read_InPiecesOfEverySize_ComesToTheSame(string hex, int length, string expected)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        for (var size = 1; size <= bytes.Length; size++)
        {
            var reader = new FrameReader();
            reader.Start(isHead: false);
            var step = ResponseStep.More;
            for (var at = 0; at < bytes.Length && step == ResponseStep.More; at += size)
            {
                step = reader.Read(bytes.AsSpan(at, Math.Min(size, bytes.Length - at)), out _);
            }

            Assert.Equal((expected, length), (step.ToString(), reader.BodyBytes));
        }
    }

    [Fact]
    public void Read_TwoMessagesAtOnce_UsesTheFirstAndThePingBehindIt()
    {
        var reader = new FrameReader();
        reader.Start(isHead: false);

        var step = reader.Read(Convert.FromHexString("810161" + "890178" + "810162"), out var used);

        Assert.Equal((ResponseStep.Complete, 6), (step, used));
        Assert.Equal((byte[])[(byte)'x'], reader.OwedPong!);
    }

    [Fact]
    public void Read_CloseBehindAWholeMessage_CompletesAndKeepsNothing()
    {
        var reader = new FrameReader();
        reader.Start(isHead: false);

        var step = reader.Read(Convert.FromHexString("810161" + "880203E8"), out var used);

        Assert.Equal((ResponseStep.Complete, 7, false), (step, used, reader.KeepsAlive));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void Mask_OfEveryLength_IsUndoneByTheKeyInTheFrame(int length)
    {
        var payload = new byte[length];
        new Random(1).NextBytes(payload);

        var frame = new MessageFrame(payload, FrameKind.Binary).Mask(0xA1B2C3D4);

        var key = frame.AsSpan(frame.Length - length - 4, 4).ToArray();
        var unmasked = frame.Skip(frame.Length - length).Select((b, i) => (byte)(b ^ key[i & 3]));
        Assert.Equal([0xD4, 0xC3, 0xB2, 0xA1], key);
        Assert.Equal(payload, unmasked);
        Assert.Equal(0x80, frame[1] & 0x80);
    }
}
