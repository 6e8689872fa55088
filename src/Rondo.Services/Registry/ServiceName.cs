using System.Buffers;

namespace Rondo.Services.Registry;

/// <summary>What a service and an instance can be called.</summary>
internal static class ServiceName
{
    public const int LongestName = 63;
    public const int LongestId = 128;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:");

    /// <summary>A label of RFC 1123 in lower case, so that it is the same in an address.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName
        && !name.AsSpan().ContainsAnyExcept(NameCharacters)
        && name[0] != '-' && name[^1] != '-';

    /// <summary>What stands in a path as it is.</summary>
    public static bool IsId(string id) =>
        id.Length is > 0 and <= LongestId && !id.AsSpan().ContainsAnyExcept(IdCharacters) && id is not ("." or "..");
}
