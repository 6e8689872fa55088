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
    public (Claim Claim, Problem? Problem) Holder(HttpContext context)
    {
        if (Read(context, out var token, out var key) is { } problem)
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

    /// <summary>Who registers: needs a key for the service; the token makes it a renewal.</summary>
    public (Claim Claim, Problem? Problem) Registrant(HttpContext context, string name, ReservedNames reserved)
    {
        if (Read(context, out var token, out var key) is { } problem)
        {
            return (Claim.Nobody, problem);
        }

        return MayWrite(context, key, name, reserved) is { } refused
            ? (Claim.Nobody, refused)
            : (new Claim(token), null);
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
        return reserved.Contains(name) && !key.Settings.Scopes.Texts.Contains(OwnScope)
            ? new Problem(RegistryProblems.ReservedName, $"'{name}' belongs to a service of Rondo's own.")
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

    private Problem? Read(HttpContext context, out string? token, out StoredKey? key)
    {
        token = context.Request.Headers.Authorization
            .FirstOrDefault(a => a?.StartsWith(Lease, StringComparison.OrdinalIgnoreCase) is true)?[Lease.Length..].Trim();
        return credentials.Read(context, out key);
    }
}
