using System.Buffers;

namespace Rondo.Services.Gateway;

/// <summary>Keeps what would end a field, or begin another, out of the values that we write.</summary>
internal static class FieldValue
{
    private static readonly SearchValues<char> Visible = SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c), '\t']);

    /// <summary>Whether a value can stand in a field as it is: visible ASCII, blanks and tabs.</summary>
    public static bool IsValid(ReadOnlySpan<char> value) => !value.ContainsAnyExcept(Visible);

    /// <summary>The value, or nothing of it.</summary>
    public static string Checked(string? value) => value is not null && IsValid(value) ? value : "";
}
