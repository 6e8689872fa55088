using System.Buffers;
using System.Text;
using Rondo.Services.Noise.Mqtt;

namespace Rondo.Services.Tests.Noise.Mqtt;

/// <summary>Byte by byte, as MQTT 3.1.1 writes them.</summary>
public sealed class MqttPacketTests
{
    private static readonly MqttMessage Will = new("a/b", "gone"u8.ToArray(), IsAssured: true, IsRetained: true);

    [Fact]
    public void Connect_WithEverything_HasFlagsAndFieldsInOrder()
    {
        var login = new MqttLogin("rondo1", "user", "pässword", TimeSpan.FromSeconds(30), Will);

        var bytes = Written(output => MqttPacket.WriteConnect(output, login));

        Assert.Equal(
            "10 2E 0004 4D515454 04 EE 001E 0006 726F6E646F31 0003 612F62 0004 676F6E65 0004 75736572 "
                + "0009 70C3A473 73776F7264",
            bytes, Spaces.Ignored);
    }

    [Fact]
    public void Connect_WithoutUser_HasNeitherFlagNorField()
    {
        var login = new MqttLogin(
            "r", null, null, TimeSpan.FromDays(2),
            Will with { IsAssured = false, IsRetained = false, Payload = default });

        var bytes = Written(output => MqttPacket.WriteConnect(output, login));

        Assert.Equal("10 14 0004 4D515454 04 06 FFFF 0001 72 0003 612F62 0000", bytes, Spaces.Ignored);
    }

    [Theory]
    [InlineData(false, false, "30 07 0003 612F62 6869")]
    [InlineData(false, true, "31 07 0003 612F62 6869")]
    [InlineData(true, false, "32 09 0003 612F62 0102 6869")]
    [InlineData(true, true, "33 09 0003 612F62 0102 6869")]
    public void Publish_EachKind_HasItsFlagsAndItsId(bool isAssured, bool isRetained, string expected)
    {
        var message = new MqttMessage("a/b", "hi"u8.ToArray(), isAssured, isRetained);

        Assert.Equal(expected, Written(o => MqttPacket.WritePublish(o, message, 0x0102)), Spaces.Ignored);
    }

    /// <summary>The limits of table 2.4 of the standard.</summary>
    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7F")]
    [InlineData(128, "8001")]
    [InlineData(16_383, "FF7F")]
    [InlineData(16_384, "808001")]
    [InlineData(2_097_151, "FFFF7F")]
    [InlineData(2_097_152, "80808001")]
    public void Publish_RemainingLength_TakesAsFewBytesAsItCan(int length, string expected)
    {
        const int topic = 2;
        var message = new MqttMessage("", new byte[Math.Max(0, length - topic)], false, false);

        var bytes = Written(o => MqttPacket.WritePublish(o, message, 0));

        Assert.StartsWith("30" + (length == 0 ? "02" : expected), bytes);
    }

    [Fact]
    public void PingRequestAndDisconnect_AreTwoBytes()
    {
        Assert.Equal("C000", Written(MqttPacket.WritePingRequest));
        Assert.Equal("E000", Written(MqttPacket.WriteDisconnect));
    }

    [Fact]
    public void Login_AsText_HasNoPassword() =>
        Assert.Equal("r", new MqttLogin("r", "user", "secret", default, Will).ToString());

    [Theory]
    [InlineData("20020000", MqttAnswerKind.Connected, 0)]
    [InlineData("20020005", MqttAnswerKind.Connected, 5)]
    [InlineData("40020102", MqttAnswerKind.Acknowledged, 0x0102)]
    [InlineData("D000", MqttAnswerKind.Alive, 0)]
    public void Answer_Whole_IsReadAndOnlyThen(string hex, object kind, int number)
    {
        var bytes = Convert.FromHexString(hex);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(0, MqttAnswer.Read(bytes.AsSpan(0, length), out _));
        }

        Assert.Equal(bytes.Length, MqttAnswer.Read([.. bytes, 0xff], out var answer));
        Assert.Equal(((MqttAnswerKind)kind, (ushort)number), (answer.Kind, answer.Number));
    }

    [Theory]
    [InlineData("00")]
    [InlineData("48545450")]
    [InlineData("30FFFFFF7F")]
    [InlineData("21")]
    [InlineData("20FFFFFF7F")]
    [InlineData("2003")]
    [InlineData("208200")]
    [InlineData("4000")]
    [InlineData("4003")]
    [InlineData("D001")]
    [InlineData("20020006")]
    [InlineData("20020200")]
    [InlineData("90")]
    [InlineData("E000")]
    public void Answer_ThatIsNone_IsRefusedAtOnce(string hex) =>
        Assert.Throws<MqttException>(() => MqttAnswer.Read(Convert.FromHexString(hex), out _));

    /// <summary>Whatever comes: an answer, a wait for more, or a refusal.</summary>
    [Fact]
    public void Answer_AnyBytes_NeverReadsBeyondThem()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(6)];
            random.NextBytes(bytes);
            try
            {
                Assert.InRange(MqttAnswer.Read(bytes, out _), 0, Math.Min(bytes.Length, MqttAnswer.MostBytes));
            }
            catch (MqttException refused)
            {
                Assert.StartsWith("The broker has sent a packet", refused.Message);
            }
        }
    }

    private static string Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Convert.ToHexString(output.WrittenSpan);
    }

    private sealed class Spaces : IEqualityComparer<string>
    {
        public static Spaces Ignored { get; } = new();

        public bool Equals(string? x, string? y) => Packed(x!) == Packed(y!);

        public int GetHashCode(string text) => Packed(text).GetHashCode(StringComparison.Ordinal);

        private static string Packed(string text) => new StringBuilder(text).Replace(" ", "").ToString();
    }
}
