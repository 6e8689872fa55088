using System.Net;
using Rondo.Services.Auth;
using Rondo.Services.Auth.Http;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Chat;

/// <summary>The key that a WebSocket was opened with, or has shown since: closes it when one of them ends.</summary>
internal sealed class SocketKey : IDisposable
{
    private readonly KeyCheck _check;
    private readonly KeyRevocations _revocations;
    private readonly ChatLoop _loop;
    private readonly WebSocketSession _session;
    private readonly IPAddress? _address;
    private readonly string? _origin;
    private readonly List<CancellationTokenRegistration> _ends = [];
    private bool _isOver;

    public SocketKey(
        KeyCheck check, KeyRevocations revocations, ChatLoop loop, WebSocketSession session, HttpContext context)
    {
        (_check, _revocations, _loop, _session) = (check, revocations, loop, session);
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
    public ChatRefusal? Show(string text)
    {
        var verdict = _check.Check(text, _address, _origin);
        if (verdict.IsAccepted)
        {
            Hold(verdict.Entry!);
            return null;
        }

        return verdict.RetryAfter > TimeSpan.Zero
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
            _ends.Add(_revocations.TokenOf(entry.Secret).Register(() => _loop.Post(
                () => _session.Close(CloseCode.Unauthorised, "The key counts no more."))));
        }
    }
}
