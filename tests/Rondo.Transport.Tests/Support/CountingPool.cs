using System.Buffers;

namespace Rondo.Transport.Tests.Support;

/// <summary>
/// A pool that knows how many of its blocks are out, and overwrites what comes back, so that who still looks at it
/// reads nonsense.
/// </summary>
internal sealed class CountingPool(int size = 4096) : MemoryPool<byte>
{
    private int _rented;
    private int _peak;

    public int Rented => Volatile.Read(ref _rented);

    public int Peak => Volatile.Read(ref _peak);

    public bool IsDisposed { get; private set; }

    public override int MaxBufferSize => size;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, size);
        var rented = Interlocked.Increment(ref _rented);
        if (rented > Peak)
        {
            Volatile.Write(ref _peak, rented);
        }

        return new Owner(this, new byte[size]);
    }

    protected override void Dispose(bool disposing) => IsDisposed = true;

    private sealed class Owner(CountingPool pool, byte[] block) : IMemoryOwner<byte>
    {
        private int _isReturned;

        public Memory<byte> Memory => block;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReturned, 1) == 1)
            {
                throw new InvalidOperationException("A block has come back twice.");
            }

            Array.Fill(block, (byte)0xDD);
            Interlocked.Decrement(ref pool._rented);
        }
    }
}
