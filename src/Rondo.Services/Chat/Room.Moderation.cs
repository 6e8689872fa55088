using System.Text.Json;
using Rondo.Services.Auth;
using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

// Who keeps order, and how. Each action is an event here and in the audit log.
internal sealed partial class Room
{
    private static readonly TimeSpan ForGood = TimeSpan.FromDays(36_500);

    /// <summary>Carries out what a moderator decides.</summary>
    public async Task<ChatOutcome> ModerateAsync(Caller caller, ModerationOrder order)
    {
        var (by, _) = PersonOf(caller);
        if (MayModerate(by, order) is { } refusal)
        {
            return new ChatOutcome(refusal);
        }

        var until = order.Action is "mute" or "ban" ? Now + (order.For ?? ForGood) : (DateTimeOffset?)null;
        var addresses = order.WithAddress ? AddressesOf(order.Who!) : [];
        if (Changed(order, until, addresses) is { } config && await SaveAsync(config) is { } failed)
        {
            return new ChatOutcome(failed);
        }

        var outcome = await AppendAsync(ChatJson.Moderation, by, null, json => Write(json, order, until));
        if (outcome.Refusal is null && await AuditAsync(by, order.Action, order.Who, until) is { } unaudited)
        {
            return new ChatOutcome(unaudited);
        }

        if (order.Action is "kick" or "ban")
        {
            Expel(order, addresses);
        }

        return outcome;
    }

    /// <summary>Tells the moderators, by the audit log, of a message.</summary>
    public async Task<ChatOutcome> ReportAsync(Caller caller, long seq)
    {
        var (by, _) = PersonOf(caller);
        var refusal = Banned(caller) ?? _parts.Limits.Take(caller);
        if (refusal is null)
        {
            (_, refusal) = await FindAsync(seq);
        }

        refusal ??= await AuditAsync(by, "report", null, null, seq);
        return refusal is null ? default : new ChatOutcome(refusal);
    }

    /// <summary>Other settings for the room.</summary>
    public async Task<ChatRefusal?> ChangeAsync(Caller caller, RoomConfig config)
    {
        var (by, _) = PersonOf(caller);
        if (by.Role < ChatRole.Mod)
        {
            return new ChatRefusal(ChatProblems.NotAllowed, "Only moderators change a room.");
        }

        if (await SaveAsync(config) is { } failed)
        {
            return failed;
        }

        var outcome = await AppendAsync(ChatJson.Settings, by, null, json => ChatJson.WriteConfig(json, config));
        return outcome.Refusal ?? await AuditAsync(by, "settings", null, null);
    }

    /// <summary>Whether somebody may see what happens here.</summary>
    public Permission MayRead(Caller caller) => new(Banned(caller));

    /// <summary>Why somebody may not take out everything; null when they may.</summary>
    public ChatRefusal? MayExport(Caller caller) =>
        PersonOf(caller).Person.Role < ChatRole.Owner
            ? new ChatRefusal(ChatProblems.NotAllowed, "Only an owner does that.")
            : null;

    private ChatRefusal? MayModerate(Person by, ModerationOrder order)
    {
        var target = order.Who is null ? ChatRole.Guest
            : (ChatRole)Math.Max(
                (int)Config.Roles.GetValueOrDefault(order.Who),
                (int)(_presence.Find(order.Who)?.Role ?? ChatRole.Guest));
        return by.Role < ChatRole.Mod ? new ChatRefusal(ChatProblems.NotAllowed, "Only moderators do that.")
            : by.Role < ChatRole.Owner && (target >= by.Role || order.Action == "role")
                ? new ChatRefusal(ChatProblems.NotAllowed, "Only an owner does that.")
                : null;
    }

    private RoomConfig? Changed(ModerationOrder order, DateTimeOffset? until, IReadOnlyList<string> addresses)
    {
        var who = order.Who ?? "";
        switch (order.Action)
        {
            case "mute" or "unmute":
                return Config.WithMute(who, until, Now);
            case "ban" or "unban":
                return addresses.Append(who).Aggregate(Config, (config, banned) => config.WithBan(banned, until, Now));
            case "role":
                return Config.WithRole(who, order.Role);
            default:
                return null;
        }
    }

    private async Task<ChatRefusal?> SaveAsync(RoomConfig config)
    {
        // At once, so that a change that is asked for meanwhile builds on this one.
        var before = Config;
        Config = config;
        try
        {
            await _parts.Configs.SaveAsync(config);
            return null;
        }
        catch (EventStoreException error)
        {
            Config = ReferenceEquals(Config, config) ? before : Config;
            return ChatProblems.Describe(error);
        }
    }

    private void Expel(ModerationOrder order, IReadOnlyList<string> addresses)
    {
        var refusal = new ChatRefusal(
            order.Action == "ban" ? ChatProblems.Banned : ChatProblems.Kicked,
            $"A moderator has ended your stay in '{Name}'.");
        foreach (var member in _members.All
            .Where(m => m.Caller.Id == order.Who || addresses.Contains(m.Caller.Address)).ToList())
        {
            Leave(member);
            member.Recipient.Expelled(Name, refusal);
        }
    }

    private List<string> AddressesOf(string who) =>
        [.. _members.All.Where(m => m.Caller.Id == who).Select(m => m.Caller.Address).Distinct()];

    private ChatRefusal? Banned(Caller caller)
    {
        var until = new[] { caller.Id, caller.Address }
            .Select(who => Config.Bans.TryGetValue(who, out var end) ? end : DateTimeOffset.MinValue).Max();
        return until > Now && caller.Role < ChatRole.Owner
            ? new ChatRefusal(ChatProblems.Banned, $"Banned from '{Name}' until {StreamJson.Text(until)}.", until - Now)
            : null;
    }

    private static void Write(Utf8JsonWriter json, ModerationOrder order, DateTimeOffset? until)
    {
        json.WriteString("action", order.Action);
        if (order.Who is not null)
        {
            json.WriteString("who", order.Who);
        }

        if (order.Action == "role")
        {
            json.WriteString("role", ChatJson.Text(order.Role));
        }

        if (until is { } end)
        {
            json.WriteString("until", StreamJson.Text(end));
        }
    }

    // Nothing that anybody has written: the audit log cannot be erased.
    private async Task<ChatRefusal?> AuditAsync(
        Person by, string action, string? who, DateTimeOffset? until, long? seq = null)
    {
        try
        {
            var data = ChatJson.Object(json =>
            {
                json.WriteString("time", StreamJson.Text(Now));
                json.WriteString("room", Name);
                json.WriteString("by", by.Id);
                if (who is not null)
                {
                    json.WriteString("who", who);
                }

                if (seq is { } number)
                {
                    json.WriteNumber("seq", number);
                }

                if (until is { } end)
                {
                    json.WriteString("until", StreamJson.Text(end));
                }
            });
            await _parts.Audit.AppendAsync(new AuditEntry("chat." + action, data));
            return null;
        }
        catch (EventStoreException error)
        {
            return ChatProblems.Describe(error);
        }
    }
}
