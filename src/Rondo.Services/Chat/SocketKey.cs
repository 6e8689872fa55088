using System.Net;
using Rondo.Services.Auth;
using Rondo.Services.Auth.Http;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Chat;

/// <summary>The key that a WebSocket was opened with, or has shown since: closes it when one of them ends.</summary>
internal sealed class SocketKey : IDisposable
{
    private readonly IKeyChecker _keys;
    private readonly ChatLoop _loop;
    private readonly WebSocketSession _session;
    private readonly IPAddress? _address;
    private readonly string? _origin;
    private readonly string _path;
    private readonly List<CancellationTokenRegistration> _ends = [];
    private bool _isOver;

    public SocketKey(IKeyChecker keys, ChatLoop loop, WebSocketSession session, HttpContext context)
    {
        (_keys, _loop, _session, _path) = (keys, loop, session, context.Request.Path.Value ?? "");
        _address = context.Connection.RemoteIpAddress;
        _origin = context.Request.Headers.Origin is [{ } origin, ..] ? origin : null;
        if (AcceptedKey.Of(context) is { } accepted)
        {
            Hold(accepted.Entry);
        }
    }

    /// <summary>The key that counts now; null for a guest.</summary>
    public StoredKey? Key { get; private set; }

    /// <summary>Takes a key that a frame shows; why not, or null. On the chat's loop.</summary>
    public async Task<ChatRefusal?> ShowAsync(string text)
    {
        var answer = await _keys.CheckAsync(
            new ShownKey(text, null, _path, _address, _origin), CancellationToken.None);
        var verdict = answer!.Verdict;
        if (verdict.IsAccepted)
        {
            Hold(verdict.Entry!);
            return null;
        }

        return verdict.Outcome is KeyOutcome.Unavailable
            ? new ChatRefusal(
                AuthProblems.Unavailable, "No auth service answers at present. Try again soon.", verdict.RetryAfter)
            : verdict.RetryAfter > TimeSpan.Zero
            ? new ChatRefusal(ChatProblems.TooMany, "This key, or this address, has to wait.", verdict.RetryAfter)
            : new ChatRefusal(ChatProblems.InvalidKey, "The key is not one of ours, or is no longer valid.");
    }

    public void Dispose()
    {
        _isOver = true;
        _ends.ForEach(e => e.Dispose());
    }

    private void Hold(KeyEntry entry)
    {
        Key = entry.Key;
        if (!_isOver)
        {
            _ends.Add(_keys.Revocations.TokenOf(entry.Secret).Register(() => _loop.Post(
                () => _session.Close(CloseCode.Unauthorised, "The key counts no more."))));
        }
    }
}
