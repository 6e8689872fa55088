namespace Rondo.Charts.Scenes;

/// <summary>Which point of a text its place is.</summary>
internal enum TextAnchor
{
    Start,
    Middle,
    End,
}
