using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Rondo.Services.Gateway.Upstream;

/// <content>After 101: bytes of any protocol, both ways, until one side ends.</content>
internal sealed partial class UpstreamExchange
{
    private const int UpgradedBuffer = 16 * 1024;

    // For the upstream to end its side, too, once the client has.
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(2);

    private volatile bool _hasClientEnded;

    private async ValueTask UpgradeAsync()
    {
        _answerFraming = BodyFraming.None;
        _hasClientEnded = false;
        var response = _context.Response;
        response.StatusCode = _status;
        ApplyFields(response.Headers);
        response.Headers.Connection = "Upgrade";
        response.Headers.Upgrade = _head.Upgrade;
        connection.SetDeadline(_request.Limits.Idle, ForwardOutcome.IdleTimeout);

        // A client that ends its side is seen by reading; told of it otherwise, we would throw away its last words.
        _leaving.Unregister();
        using var ended = new CancellationTokenSource();
        try
        {
            await using var client = await _context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync()
                .ConfigureAwait(false);
            _waitsForClient = true;
            var upward = CopyUpAsync(client, ended.Token);
            try
            {
                await CopyDownAsync(client).ConfigureAwait(false);
            }
            finally
            {
                _waitsForClient = false;
                await ended.CancelAsync().ConfigureAwait(false);
                await upward.ConfigureAwait(false);
            }

            _isWhole = true;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException)
        {
            if (!_hasClientEnded)
            {
                Fail(Ended(), error.Message);
            }
        }
    }

    private ForwardOutcome Ended() =>
        connection.Ending is not ForwardOutcome.Completed and var ending ? ending : ForwardOutcome.ClientLeft;

    private async Task CopyDownAsync(Stream client)
    {
        while (true)
        {
            var data = connection.Received;
            if (!data.IsEmpty)
            {
                await client.WriteAsync(data).ConfigureAwait(false);
                await client.FlushAsync().ConfigureAwait(false);
                connection.Use(data.Length);
            }

            if (!await ReceiveUpgradedAsync().ConfigureAwait(false))
            {
                return;
            }
        }
    }

    private async ValueTask<bool> ReceiveUpgradedAsync()
    {
        try
        {
            await connection.WaitAsync().ConfigureAwait(false);
            var count = await connection.ReadAsync().ConfigureAwait(false);
            if (!_hasClientEnded)
            {
                connection.SetDeadline(_request.Limits.Idle, ForwardOutcome.IdleTimeout);
            }

            connection.Took(count);
            return count > 0;
        }
        catch (Exception error) when (IsBroken(error))
        {
            if (!_hasClientEnded)
            {
                _error = error;
                Lost();
            }

            return false;
        }
    }

    private async Task CopyUpAsync(Stream client, CancellationToken ended)
    {
        try
        {
            while (await PassUpAsync(client, ended).ConfigureAwait(false))
            {
            }

            _hasClientEnded = true;
            connection.SetDeadline(s_lastWords, ForwardOutcome.ClientLeft);
            connection.CloseWrite();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // After the upstream's own end nothing is left to be broken off.
            if (!ended.IsCancellationRequested)
            {
                connection.Abandon(ForwardOutcome.ClientLeft);
            }
        }
    }

    /// <summary>False at the end.</summary>
    private async ValueTask<bool> PassUpAsync(Stream client, CancellationToken ended)
    {
        // Nothing is held for a client that says nothing: most only listen.
        await client.ReadAsync(Memory<byte>.Empty, ended).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(UpgradedBuffer);
        try
        {
            var count = await client.ReadAsync(buffer, ended).ConfigureAwait(false);
            if (count == 0)
            {
                return false;
            }

            connection.SetDeadline(_request.Limits.Idle, ForwardOutcome.IdleTimeout);
            await connection.Stream.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
