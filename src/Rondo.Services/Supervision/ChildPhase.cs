namespace Rondo.Services.Supervision;

/// <summary>What a supervised process is at.</summary>
internal enum ChildPhase
{
    /// <summary>It has been started and has not answered yet.</summary>
    Starting,

    /// <summary>It answers.</summary>
    Up,

    /// <summary>It has ended, and is started again at a moment that is known.</summary>
    BackingOff,

    /// <summary>It has ended because everything stops.</summary>
    Stopped,
}

internal static class ChildPhaseText
{
    public static string Text(this ChildPhase phase) => phase switch
    {
        ChildPhase.Starting => "starting",
        ChildPhase.Up => "up",
        ChildPhase.BackingOff => "backing-off",
        _ => "stopped",
    };
}
