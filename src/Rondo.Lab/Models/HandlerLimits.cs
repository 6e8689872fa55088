using System.Globalization;

namespace Rondo.Lab.Models;

/// <summary>
/// What stands between a model and its work, for experiments: a queue that is full, a downstream that serves only so
/// many at a time, and a call that blocks although it should not.
/// </summary>
/// <param name="Admitted">Requests that may be under way; one more is answered with 503 at once. Null for all.</param>
/// <param name="Slots">Requests that the downstream serves at a time; the others wait. Null for all.</param>
/// <param name="StallEvery">Each so many requests one holds its thread, or its loop. Null for none.</param>
/// <param name="Stall">For how long.</param>
internal sealed record HandlerLimits(int? Admitted, int? Slots, int? StallEvery, TimeSpan Stall)
{
    public bool IsNone => Admitted is null && Slots is null && StallEvery is null;

    /// <summary>Reads <c>100:100ms</c>: one request of so many, and how long.</summary>
    /// <returns>Null if it is none.</returns>
    public static (int Every, TimeSpan Time)? ParseStall(string text) =>
        text.Split(':') is [var every, var time]
            && int.TryParse(every, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1
            && WorkSpec.Time(time) is { } found
            ? (count, found)
            : null;

    /// <summary>A handler within these limits.</summary>
    public IRequestHandler Around(IRequestHandler inner) => IsNone ? inner : new Limited(inner, this);

    private sealed class Limited(IRequestHandler inner, HandlerLimits limits) : IRequestHandler
    {
        private static readonly HttpAnswer s_full = new(503, "The queue is full.\r\n");

        private readonly SemaphoreSlim? _slots = limits.Slots is { } slots ? new SemaphoreSlim(slots) : null;
        private int _underWay;
        private int _count;

        public HttpAnswer AnswerBlocking(string target)
        {
            if (!Enter())
            {
                return s_full;
            }

            try
            {
                StallNow();
#pragma warning disable RS0030 // To wait for the downstream is what this is for.
                _slots?.Wait();
#pragma warning restore RS0030
                try
                {
                    return inner.AnswerBlocking(target);
                }
                finally
                {
                    _slots?.Release();
                }
            }
            finally
            {
                Interlocked.Decrement(ref _underWay);
            }
        }

        public async ValueTask<HttpAnswer> AnswerAsync(string target)
        {
            if (!Enter())
            {
                return s_full;
            }

            try
            {
                StallNow();
                await (_slots?.WaitAsync() ?? Task.CompletedTask);
                try
                {
                    return await inner.AnswerAsync(target);
                }
                finally
                {
                    _slots?.Release();
                }
            }
            finally
            {
                Interlocked.Decrement(ref _underWay);
            }
        }

        private bool Enter()
        {
            if (Interlocked.Increment(ref _underWay) <= (limits.Admitted ?? int.MaxValue))
            {
                return true;
            }

            Interlocked.Decrement(ref _underWay);
            return false;
        }

        private void StallNow()
        {
            if (limits.StallEvery is { } every && Interlocked.Increment(ref _count) % every == 0)
            {
#pragma warning disable RS0030 // The mistake that the experiment is about.
                Thread.Sleep(limits.Stall);
#pragma warning restore RS0030
            }
        }
    }
}
