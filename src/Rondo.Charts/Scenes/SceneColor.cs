namespace Rondo.Charts.Scenes;

/// <summary>A colour of sRGB.</summary>
/// <param name="Red">0 to 255.</param>
/// <param name="Green">0 to 255.</param>
/// <param name="Blue">0 to 255.</param>
/// <param name="Alpha">0 is invisible, 255 opaque.</param>
internal readonly record struct SceneColor(byte Red, byte Green, byte Blue, byte Alpha = 255)
{
    /// <summary>As CSS writes it.</summary>
    public string Hex => $"#{Red:x2}{Green:x2}{Blue:x2}" + (Alpha == 255 ? "" : $"{Alpha:x2}");

    /// <summary>From <c>0xRRGGBB</c>.</summary>
    public static SceneColor Rgb(int value, byte alpha = 255) =>
        new((byte)(value >> 16), (byte)(value >> 8), (byte)value, alpha);
}
