using System.Reflection;
using System.Runtime.CompilerServices;
using Rondo.Services.Auth;
using Rondo.Transport.Sockets;

namespace Rondo.Services.Gateway;

/// <summary>
/// Does at the start what the first request would wait for on its event loop, and all others with it: the compilation
/// of what a request goes through, and the first signature, with which the platform loads its cryptography.
/// </summary>
internal sealed class GatewayWarmUp(UpstreamTokens tokens, TimeProvider time) : IHostedService
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Instance | BindingFlags.Static;

    private static readonly string[] s_rooms =
    [
        "Rondo.Services.Gateway", "Rondo.Services.Auth", "Rondo.Services.Registry", "Rondo.Services.Streams",
        "Rondo.Services.Hosting", "Rondo.Transport.Sockets", "Rondo.Transport.Kestrel",
    ];

    private static readonly Lazy<int> s_prepared = new(() =>
        Prepare(typeof(GatewayWarmUp).Assembly) + Prepare(typeof(LoopConnector).Assembly));

    private readonly TaskCompletionSource<int> _finished = new();

    /// <summary>
    /// Ends when everything is done, with how many methods are compiled; no request waits for that.
    /// </summary>
    public Task<int> Finished => _finished.Task;

    /// <summary>Begins on a thread of the pool.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        ThreadPool.UnsafeQueueUserWorkItem(static warmUp => warmUp.Run(), this, preferLocal: false);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Run()
    {
        try
        {
            Sign();
            _finished.SetResult(s_prepared.Value);
        }
        catch (Exception error)
        {
            // What could not be done now is done by the first request.
            _finished.SetException(error);
        }
    }

    private void Sign()
    {
        try
        {
            var nobody = new StoredKey(
                "", new KeySettings("", "", ScopeSet.All), time.GetUtcNow(), null, [], new KeyUse(null, 0, 0));
            tokens.Mint(nobody, "");
        }
        catch (ObjectDisposedException)
        {
            // The process has stopped already.
        }
    }

    // Machine code that is there is taken; what is generic is compiled with its arguments, when they are known.
    private static int Prepare(Assembly assembly)
    {
        var count = 0;
        foreach (var type in assembly.GetTypes().Where(t => !t.ContainsGenericParameters && IsOfARoom(t.Namespace)))
        {
            foreach (var method in type.GetMethods(Declared).Where(IsCode))
            {
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
                count++;
            }
        }

        return count;
    }

    // The runtime makes the methods of delegates and the calls of the system itself.
    private static bool IsCode(MethodInfo method) =>
        !method.IsAbstract && !method.ContainsGenericParameters
        && (method.GetMethodImplementationFlags() & MethodImplAttributes.CodeTypeMask) == MethodImplAttributes.IL
        && (method.Attributes & MethodAttributes.PinvokeImpl) == 0;

    private static bool IsOfARoom(string? name) =>
        name is not null && s_rooms.Any(r => name.StartsWith(r, StringComparison.Ordinal));
}
