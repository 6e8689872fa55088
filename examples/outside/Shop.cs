/// <summary>Asks a slow supplier.</summary>
internal static class Shop
{
    /// <summary>Blocks the thread until the supplier answers: the mistake that the log names.</summary>
    public static decimal Price(string item)
    {
        var price = PriceAsync(item);
        return price.Result;
    }

    public static async Task<decimal> PriceAsync(string item)
    {
        await Task.Delay(TimeSpan.FromSeconds(1));
        return item.Length;
    }
}
