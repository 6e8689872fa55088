using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Rondo.Lab.Models;

/// <summary>
/// One client's connection, as small servers need it: requests are read one after another and answered with a text.
/// HTTP/1.1 with keep-alive and pipelining; HTTP/1.0 and <c>Connection: close</c> are obeyed. Each step exists in two
/// kinds, because that is what the servers differ in: one blocks its thread, the other is awaited.
/// </summary>
/// <remarks>
/// What cannot be read is answered with the status that says why (400, 408, 413, 431, 501, 505), and the conversation
/// ends. A client that goes away is no error: the steps return false.
/// </remarks>
/// <threadsafety>
/// One caller at a time; <see cref="Dispose"/> may come from any thread and ends a step that waits.
/// </threadsafety>
public sealed class HttpConversation : IDisposable
{
    internal static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(10);

    private readonly Socket? _socket;
    private readonly Stream _stream;
    private readonly HttpInput _input = new();
    private byte[] _output = new byte[512];
    private bool _isLast;

    /// <summary>Takes a connection over, and disposes it in the end.</summary>
    /// <param name="client">A connected socket.</param>
    public HttpConversation(Socket client)
    {
        ArgumentNullException.ThrowIfNull(client);
        client.NoDelay = true;
        _socket = client;
        _stream = new NetworkStream(client, ownsSocket: true);
    }

    /// <summary>Takes over a connection whose steps are awaited; those that block are refused.</summary>
    /// <param name="client">Disposed in the end.</param>
    internal HttpConversation(Stream client) => _stream = client;

    /// <summary>
    /// How long a client may take for a request, and for taking an answer; default 10 seconds. Only the steps that
    /// block look at it.
    /// </summary>
    public TimeSpan Limit { get; init; } = DefaultLimit;

    /// <summary>Whether to speak HTTP/1.0 without keep-alive: one request per connection. Default false.</summary>
    public bool IsHttp10 { get; init; }

    /// <summary>Path and query of the request that was read last, as they came.</summary>
    public string Target => _input.Head.Target;

    /// <summary>Blocks the thread until a request has come.</summary>
    /// <returns>False when there will be none: the client is gone, too slow, or what it sent is no request.</returns>
    public bool ReadBlocking()
    {
        try
        {
            var started = Stopwatch.GetTimestamp();
            while (!_isLast)
            {
                if (_input.Next() is { } status)
                {
                    return Begin(status) || (AnswerBlocking(Refusal(status)) && false);
                }

                // For the whole request, not for each of its bytes.
                var left = Limit - Stopwatch.GetElapsedTime(started);
                Blocking.ReceiveTimeout = Math.Max(1, (int)left.TotalMilliseconds);
                var count = Blocking.Receive(_input.Room.Span, SocketFlags.None);
                _isLast = count == 0;
                _input.Received(count);
            }
        }
        catch (SocketException error) when (IsTooSlow(error) && _input.HasBegun)
        {
            _isLast = true;
            AnswerBlocking(Refusal(408));
        }
        catch (Exception error) when (IsGone(error))
        {
        }

        return false;
    }

    /// <summary>
    /// Waits until a request has come. Whoever calls sets a limit, at which it calls <see cref="Dispose"/>.
    /// </summary>
    /// <returns>False when there will be none: the client is gone, or what it sent is no request.</returns>
    public async ValueTask<bool> ReadAsync()
    {
        try
        {
            while (!_isLast)
            {
                if (_input.Next() is { } status)
                {
                    return Begin(status) || (await AnswerAsync(Refusal(status)) && false);
                }

                var count = await _stream.ReadAsync(_input.Room);
                _isLast = count == 0;
                _input.Received(count);
            }
        }
        catch (Exception error) when (IsGone(error))
        {
        }

        return false;
    }

    /// <summary>Blocks the thread until the system has taken the answer to the request that was read last.</summary>
    /// <returns>False if the client is gone, or takes nothing.</returns>
    public bool AnswerBlocking(HttpAnswer answer)
    {
        try
        {
            Blocking.SendTimeout = (int)Limit.TotalMilliseconds;
            for (var left = Format(answer); left.Length > 0;)
            {
                left = left[Blocking.Send(left.Span, SocketFlags.None)..];
            }

            return true;
        }
        catch (Exception error) when (IsGone(error))
        {
            return false;
        }
    }

    /// <summary>Waits until the system has taken the answer to the request that was read last.</summary>
    /// <returns>False if the client is gone.</returns>
    public async ValueTask<bool> AnswerAsync(HttpAnswer answer)
    {
        try
        {
            await _stream.WriteAsync(Format(answer));
            return true;
        }
        catch (Exception error) when (IsGone(error))
        {
            return false;
        }
    }

    /// <summary>Closes the connection. Idempotent.</summary>
    public void Dispose() => _stream.Dispose();

    private Socket Blocking =>
        _socket ?? throw new InvalidOperationException("This connection belongs to an event loop, which must not block.");

    private static HttpAnswer Refusal(int status) => new(status, ReasonPhrases.GetReasonPhrase(status) + "\r\n");

    private static bool IsTooSlow(SocketException error) =>
        error.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock;

    private static bool IsGone(Exception error) => error is IOException or SocketException or ObjectDisposedException;

    private bool Begin(int status)
    {
        _isLast = IsHttp10 || status != 0 || !_input.Head.KeepsAlive;
        return status == 0;
    }

    private ReadOnlyMemory<byte> Format(HttpAnswer answer)
    {
        var body = Encoding.UTF8.GetByteCount(answer.Body);
        var head = $"HTTP/1.{(IsHttp10 ? 0 : 1)} {answer.Status} {ReasonPhrases.GetReasonPhrase(answer.Status)}\r\n"
            + $"Content-Type: {HttpAnswer.ContentType}\r\nContent-Length: {body}\r\n"
            + $"Connection: {(_isLast ? "close" : "keep-alive")}\r\n\r\n";
        if (_output.Length < head.Length + body)
        {
            _output = new byte[head.Length + body];
        }

        var length = Encoding.Latin1.GetBytes(head, _output);
        if (_input.Head.Method != "HEAD")
        {
            length += Encoding.UTF8.GetBytes(answer.Body, _output.AsSpan(length));
        }

        return _output.AsMemory(0, length);
    }
}
