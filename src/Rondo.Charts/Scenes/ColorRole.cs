namespace Rondo.Charts.Scenes;

/// <summary>What a colour is for. Which colour that is, a <see cref="Palette"/> says.</summary>
internal enum ColorRole
{
    Background,
    Ink,
    Muted,
    Axis,
    Grid,
    GridMinor,
    Accent,
    Band,
    Track,
    Bad,
    Series1,
    Series2,
    Series3,
    Series4,
    Series5,
    Series6,
    Series7,
    Series8,

    /// <summary>The first of eight: a series' colour where it is text and needs more contrast than a line.</summary>
    Label1,
    Label2,
    Label3,
    Label4,
    Label5,
    Label6,
    Label7,
    Label8,

    /// <summary>The first of eight steps from few to many.</summary>
    Heat1,
    Heat2,
    Heat3,
    Heat4,
    Heat5,
    Heat6,
    Heat7,
    Heat8,
}
