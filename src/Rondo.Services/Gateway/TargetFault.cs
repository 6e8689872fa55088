namespace Rondo.Services.Gateway;

/// <summary>Why the target of a request is not sent on: servers read it in different ways.</summary>
internal enum TargetFault
{
    None,

    /// <summary>No path from the root, and no address with one.</summary>
    NoPath,

    /// <summary>A character that RFC 3986 does not know there.</summary>
    Character,

    /// <summary>A <c>%</c> without two digits, or bytes that are in no text.</summary>
    Escape,

    /// <summary>A control character, escaped.</summary>
    Control,

    /// <summary><c>.</c> or <c>..</c>, escaped or not.</summary>
    DotSegment,

    /// <summary><c>//</c></summary>
    EmptySegment,
}

internal static class TargetFaultText
{
    public static string Text(this TargetFault fault) => fault switch
    {
        TargetFault.NoPath => "The target is no path from the root.",
        TargetFault.Character => "There is a character in the address that does not belong there unescaped.",
        TargetFault.Escape => "There is a '%' in the address that no byte of a text follows.",
        TargetFault.Control => "There is a control character in the path.",
        TargetFault.DotSegment => "There is a '.' or '..' in the path. Send the path that it leads to.",
        TargetFault.EmptySegment => "There is a '//' in the path. Send it with one '/'.",
        _ => "",
    };
}
