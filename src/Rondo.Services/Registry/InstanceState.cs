namespace Rondo.Services.Registry;

/// <summary>How an instance is. Who looks for a service gets those that are passing or warning.</summary>
internal enum InstanceState
{
    Passing,

    /// <summary>Takes calls, but fewer.</summary>
    Warning,

    /// <summary>Is not up yet.</summary>
    Starting,

    Critical,

    /// <summary>Finishes what it has begun and takes nothing new.</summary>
    Draining,

    /// <summary>Its lease is over; it is kept for a while so that people see what was there.</summary>
    Expired,
}

internal static class InstanceStateText
{
    public static string Text(this InstanceState state) => state switch
    {
        InstanceState.Passing => "passing",
        InstanceState.Warning => "warning",
        InstanceState.Starting => "starting",
        InstanceState.Critical => "critical",
        InstanceState.Draining => "draining",
        _ => "expired",
    };

    /// <summary>A state that an instance may say of itself.</summary>
    public static InstanceState? ParseReported(string text) => text switch
    {
        "passing" => InstanceState.Passing,
        "warning" => InstanceState.Warning,
        "starting" => InstanceState.Starting,
        "critical" => InstanceState.Critical,
        _ => null,
    };
}
