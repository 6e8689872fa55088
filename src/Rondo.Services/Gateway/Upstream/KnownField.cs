namespace Rondo.Services.Gateway.Upstream;

/// <summary>A field whose name need not be made anew.</summary>
/// <param name="Name">The very object that the server compares with first.</param>
/// <param name="Kind">What it means.</param>
/// <param name="Number">Its place among all, from 0.</param>
internal sealed record KnownField(string Name, FieldKind Kind, int Number);
