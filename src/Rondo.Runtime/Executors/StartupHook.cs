using Rondo.Runtime.Executors;

/// <summary>
/// What the runtime calls before <c>Main</c> when <c>DOTNET_STARTUP_HOOKS</c> names this assembly; it asks for this
/// name, in no namespace.
/// </summary>
internal static class StartupHook
{
    public static void Initialize() => WorkerHost.RunIfAsked();
}
