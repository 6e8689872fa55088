using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Rondo.Runtime;
using Rondo.Transport.Native;
using Rondo.Transport.Sockets;

namespace Rondo.Lab.Load.Engine;

/// <summary>The bytes inside of TLS. A connection is connected when the handshake is over.</summary>
/// <remarks>The stream under it waits; here that becomes a call that would block, and a wake.</remarks>
internal sealed class TlsChannel(LoopConnector connector, EndPoint to, SslClientAuthenticationOptions options)
    : ClientChannel(connector.Thread.Loop), IDisposable
{
    private Session? _session;
    private string _problem = "";

    public override int Connect(ILoopWork work)
    {
        _session = new Session(this, work);
        _session.Connect();
        return 0;
    }

    public override int FinishConnect() => _session?.Outcome ?? -Errno.NotConnected;

    public override int Receive(Span<byte> into) => _session?.Receive(into) ?? -Errno.NotConnected;

    public override int Send(ReadOnlySpan<byte> bytes) => _session?.Send(bytes) ?? -Errno.NotConnected;

    public override bool WaitToReceive(ILoopWork work) => _session?.WaitToReceive(work) == true;

    public override bool WaitToSend(ILoopWork work) => _session?.WaitToSend(work) == true;

    public override void Abandon()
    {
        _session?.Dispose();
        _session = null;
    }

    public void Dispose() => Abandon();

    public override string Describe(int failure) => _problem;

    /// <summary>One connection; what it still has under way when it is abandoned comes back to it and to nobody else.</summary>
    private sealed class Session(TlsChannel owner, ILoopWork onConnected) : IDisposable
    {
        private const int RecordBytes = 16 * 1024;

        private readonly CancellationTokenSource _abandoned = new();
        private readonly byte[] _plain = new byte[RecordBytes];
        private readonly byte[] _outgoing = new byte[RecordBytes];
        private SslStream? _stream;
        private ILoopWork? _receiver;
        private ILoopWork? _sender;
        private int _first;
        private int _count;
        private int _end = WouldBlock;
        private int _sendFailure;
        private bool _isReading;
        private bool _isWriting;

        public int Outcome { get; private set; } = WouldBlock;

        // Started on the loop, each of these goes on there.
        public async void Connect()
        {
            var outcome = 0;
            try
            {
                _stream = await owner.Connector.ConnectTlsAsync(owner.To, owner.Options, _abandoned.Token)
                    .ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or TimeoutException)
            {
                (outcome, owner._problem) = (-Errno.ConnectionRefused, "cannot connect: " + e.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e)
            {
                (outcome, owner._problem) = (HandshakeFailed, "the TLS handshake failed: " + e.Message);
            }

            Finish(() =>
            {
                Outcome = outcome;
                onConnected.Run();
            });
        }

        public int Receive(Span<byte> into)
        {
            if (_count == 0 && !_isReading && _end == WouldBlock)
            {
                Read();
            }

            if (_count == 0)
            {
                return _end;
            }

            var count = Math.Min(_count, into.Length);
            _plain.AsSpan(_first, count).CopyTo(into);
            (_first, _count) = (_first + count, _count - count);
            return count;
        }

        public int Send(ReadOnlySpan<byte> bytes)
        {
            if (_isWriting || _sendFailure != 0)
            {
                return _isWriting ? WouldBlock : _sendFailure;
            }

            var count = Math.Min(bytes.Length, _outgoing.Length);
            bytes[..count].CopyTo(_outgoing);
            Write(count);
            return count;
        }

        public bool WaitToReceive(ILoopWork work)
        {
            if (_count == 0 && !_isReading && _end == WouldBlock)
            {
                Read();
            }

            _receiver = work;
            return _isReading;
        }

        public bool WaitToSend(ILoopWork work)
        {
            _sender = work;
            return _isWriting;
        }

        public void Dispose()
        {
            _receiver = _sender = null;
            _abandoned.Cancel();
            _stream?.Dispose();
        }

        private async void Read()
        {
            _isReading = true;
            var (count, isAtOnce) = (0, true);
            try
            {
                var reading = _stream!.ReadAsync(_plain);
                isAtOnce = reading.IsCompleted;
                count = await reading.ConfigureAwait(false);
            }
            catch (Exception)
            {
                count = -Errno.ConnectionReset;
            }

            if (isAtOnce)
            {
                HaveRead(count);
                return;
            }

            Finish(() =>
            {
                HaveRead(count);
                _receiver?.Run();
            });
        }

        private void HaveRead(int count)
        {
            _isReading = false;
            (_first, _count) = (0, Math.Max(count, 0));
            _end = count > 0 ? WouldBlock : count;
        }

        private async void Write(int count)
        {
            _isWriting = true;
            var isAtOnce = true;
            try
            {
                var writing = _stream!.WriteAsync(_outgoing.AsMemory(0, count));
                isAtOnce = writing.IsCompleted;
                await writing.ConfigureAwait(false);
            }
            catch (Exception)
            {
                _sendFailure = -Errno.ConnectionReset;
            }

            if (isAtOnce)
            {
                _isWriting = false;
                return;
            }

            Finish(() =>
            {
                _isWriting = false;
                _sender?.Run();
            });
        }

        // As work of its own: the caller may be in the middle of another step of this connection.
        private void Finish(Action step) => owner.Loop.TryDispatch(new LoopCode(() =>
        {
            if (_abandoned.IsCancellationRequested)
            {
                _stream?.Dispose();
                return;
            }

            step();
        }));
    }

    private LoopConnector Connector => connector;

    private EndPoint To => to;

    private SslClientAuthenticationOptions Options => options;
}
