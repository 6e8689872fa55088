using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Rondo.Services.Auth;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;

namespace Rondo.Services.Registry.Http;

/// <summary>
/// Tells what a request may do: by the token of a lease (<c>Authorization: Lease TOKEN</c>), by a key, or by both.
/// </summary>
internal sealed class RegistryCaller(Credentials credentials, IServer server)
{
    public const string ReadScope = "registry:read";
    private const string WriteScope = "registry:write";
    private const string AdminScope = "registry:admin";
    private const string OwnScope = "registry:own";
    private const string Lease = "Lease ";

    /// <summary>Who renews, drains or ends an instance: needs its token, or a key that may do anything.</summary>
    public async ValueTask<(Claim Claim, Problem? Problem)> HolderAsync(HttpContext context)
    {
        var token = TokenOf(context);
        var (key, problem) = await credentials.ReadAsync(context);
        if (problem is not null)
        {
            return (Claim.Nobody, problem);
        }

        if (token is null && key is null)
        {
            context.Response.Headers.WWWAuthenticate = "Lease realm=\"rondo\"";
            return (Claim.Nobody, new Problem(
                AuthProblems.Missing,
                $"Send 'Authorization: Lease TOKEN' with what the registration gave, or a key with '{AdminScope}'."));
        }

        var isAdmin = key?.Allows(AdminScope) ?? false;
        return token is null && !isAdmin
            ? (Claim.Nobody, AuthProblems.Lacks(key!, AdminScope))
            : (new Claim(token, key?.Id, isAdmin), null);
    }

    /// <summary>
    /// Who registers: needs a key for the service; the token makes it a renewal. One of Rondo's own services may have
    /// what is reserved.
    /// </summary>
    public async ValueTask<(Claim Claim, bool IsOwn, Problem? Problem)> RegistrantAsync(
        HttpContext context, string name, ReservedNames reserved)
    {
        var (key, problem) = await credentials.ReadAsync(context);
        problem ??= MayWrite(context, key, name, reserved);
        return problem is not null
            ? (Claim.Nobody, false, problem)
            : (new Claim(TokenOf(context)), IsOwn(key!), null);
    }

    /// <summary>Why a key may not write a service; null when it may.</summary>
    public static Problem? MayWrite(HttpContext context, StoredKey? key, string name, ReservedNames reserved)
    {
        if (key is null)
        {
            return AuthProblems.Needed(context, $"{WriteScope}:{name}");
        }

        if (!ServiceName.IsName(name))
        {
            return new Problem(
                RegistryProblems.UnusableName,
                $"A service's name has 1 to {ServiceName.LongestName} characters of a-z, 0-9 and, within, '-'.");
        }

        if (!key.Allows($"{WriteScope}:{name}") && !key.Allows(WriteScope))
        {
            return AuthProblems.Lacks(key, $"{WriteScope}:{name}");
        }

        // Not by '*': the key of the first start is everybody's first.
        return reserved.Contains(name) && !IsOwn(key)
            ? new Problem(
                RegistryProblems.ReservedName,
                $"'{name}' belongs to a service of Rondo's own; those register with a key that has '{OwnScope}'.")
            : null;
    }

    public static bool MayAdminister(StoredKey key) => key.Allows(AdminScope);

    /// <summary>From where the request comes and what it has reached.</summary>
    public RegistrantPlace Place(HttpContext context) => new(
        !IsLocal(context),
        Plain(context.Connection.LocalIpAddress),
        context.Request.Host.Host.ToLowerInvariant(),
        [.. (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
            .Select(a => BindingAddress.Parse(a).Port)]);

    public static bool IsLocal(HttpContext context) =>
        Plain(context.Connection.RemoteIpAddress) is not { } address || IPAddress.IsLoopback(address);

    private static IPAddress? Plain(IPAddress? address) =>
        address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    private static bool IsOwn(StoredKey key) => key.Settings.Scopes.Texts.Contains(OwnScope);

    private static string? TokenOf(HttpContext context) => context.Request.Headers.Authorization
        .FirstOrDefault(a => a?.StartsWith(Lease, StringComparison.OrdinalIgnoreCase) is true)?[Lease.Length..].Trim();
}
