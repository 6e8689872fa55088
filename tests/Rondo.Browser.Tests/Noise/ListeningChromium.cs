using System.Text;
using Rondo.Browser.Tests.Support;

namespace Rondo.Browser.Tests.Noise;

/// <summary>
/// A Chromium of its own whose microphone plays a recording again and again, and whose user allows it: 1 kHz at 94 dB,
/// were full scale 120 dB, or nothing but zeros.
/// </summary>
internal sealed class ListeningChromium : IAsyncDisposable
{
    private const int Rate = 48_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("rondo-microphone-").FullName;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public static async Task<ListeningChromium> StartAsync(bool isSilent = false)
    {
        var chromium = new ListeningChromium();
        var wav = Path.Combine(chromium._folder, "sound.wav");
        await File.WriteAllBytesAsync(wav, Wav(isSilent ? 0 : Math.Sqrt(2) * Math.Pow(10, -26 / 20.0)));
        chromium._playwright = await Playwright.CreateAsync();
        chromium._browser = await chromium._playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium.Executable,
            Headless = true,
            Args =
            [
                .. Chromium.Arguments, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
                "--use-file-for-fake-audio-capture=" + wav,
                "--host-resolver-rules=MAP rondo.test 127.0.0.1",
            ],
        });
        return chromium;
    }

    public Task<Visitor> VisitAsync(Uri site, VisitorOptions? options = null) =>
        Chromium.VisitAsync(_browser!, site, options);

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // Whole periods, so that the end goes over into the beginning.
    private static byte[] Wav(double amplitude)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.ASCII);
        var samples = 10 * Rate;
        writer.Write("RIFF"u8);
        writer.Write(36 + (2 * samples));
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(Rate);
        writer.Write(2 * Rate);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(2 * samples);
        for (var i = 0; i < samples; i++)
        {
            writer.Write((short)Math.Round(32_767 * amplitude * Math.Sin(2 * Math.PI * 1000 * i / Rate)));
        }

        writer.Flush();
        return bytes.ToArray();
    }
}
