namespace Rondo.Services.Registry;

internal static partial class RegistryLog
{
    [LoggerMessage(400, LogLevel.Error, "A callback of the registry failed: {What}")]
    public static partial void CallbackFailed(ILogger logger, Exception? error, string what);

    [LoggerMessage(401, LogLevel.Error, "The registry's state cannot be read; next try in a second")]
    public static partial void LoadFailed(ILogger logger, Exception error);

    [LoggerMessage(402, LogLevel.Warning, "Changes of the registry are not stored: {Reason}")]
    public static partial void AppendFailed(ILogger logger, string reason);

    [LoggerMessage(403, LogLevel.Warning, "History of the registry is not shortened; it is tried again later")]
    public static partial void CompactFailed(ILogger logger, Exception error);

    [LoggerMessage(
        404, LogLevel.Warning,
        "{Count} of {All} instances would expire at once: kept with a warning, since the fault may be here")]
    public static partial void Preserved(ILogger logger, int count, int all);

    [LoggerMessage(
        405, LogLevel.Information, "The clock went on {Gap} at once: leases that ended meanwhile get one more term")]
    public static partial void Jumped(ILogger logger, TimeSpan gap);

    [LoggerMessage(406, LogLevel.Information, "The lease of {Id} of {Name} is over")]
    public static partial void Expired(ILogger logger, string id, string name);

    [LoggerMessage(407, LogLevel.Warning, "'{Name}' is not registered in this process's registry: {Reason}")]
    public static partial void NotRegistered(ILogger logger, string name, string reason);

    [LoggerMessage(408, LogLevel.Information, "Registered as {Id} of '{Name}' at {Url} with {Registry}")]
    public static partial void Registered(ILogger logger, string name, string id, Uri url, Uri registry);

    [LoggerMessage(
        409, LogLevel.Warning,
        "The registry {Registry} cannot be reached: {Reason}. This service serves, and goes on trying")]
    public static partial void RegistryUnreachable(ILogger logger, Uri registry, string reason);

    [LoggerMessage(
        410, LogLevel.Error, "The registry {Registry} does not take this service: {Reason} It goes on trying")]
    public static partial void RegistrationRefused(ILogger logger, Uri registry, string reason);

    [LoggerMessage(411, LogLevel.Information, "The lease with {Registry} is renewed again")]
    public static partial void LeaseRenewed(ILogger logger, Uri registry);

    [LoggerMessage(
        412, LogLevel.Warning,
        "The registry {Registry} cannot be followed, and is tried again; what was known last counts: {Reason}")]
    public static partial void NotFollowed(ILogger logger, Uri registry, string reason);
}
