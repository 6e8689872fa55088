namespace Rondo.Services.Streams.Postgres;

/// <summary>What the database says of a lease.</summary>
/// <param name="Holder">Who has taken it; null when it was given back or never taken.</param>
/// <param name="Address">Where that one answers.</param>
/// <param name="Token">Grows whenever it is taken.</param>
/// <param name="Left">How long it goes on by the database's clock if nobody renews it; when free, not positive.</param>
internal sealed record LeaseRow(string? Holder, string? Address, long Token, TimeSpan Left)
{
    public bool IsFree => Left <= TimeSpan.Zero;
}
