using System.Text;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Noise.Http;

/// <summary>How a device comes to its token without a key: by a ticket, which a code on a screen shows.</summary>
internal sealed class EnrolmentEndpoints(NoiseLoop loop, NoiseMonitor monitor, NoiseTickets tickets, Random random)
{
    private const int LongestSlug = 30;
    private const string Alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

    private static readonly string[] Members = ["ticket", "name"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/noise/rooms/{room}/tickets", MakeAsync).RequireScope(NoiseRoomEndpoints.WriteScope);
        routes.MapPost("/noise/enrol", EnrolAsync);
    }

    private async Task MakeAsync(HttpContext context)
    {
        var room = NoiseRequests.RoomOf(context);
        if (!await loop.AskAsync(() => monitor.Find(room) is { IsKept: true }))
        {
            await NoiseProblems.Missing(room).WriteAsync(context);
            return;
        }

        if (tickets.Make(room) is not var (ticket, ends))
        {
            await new NoiseRefusal(NoiseProblems.TooMany, "Too many tickets wait to be used.", NoiseTickets.Life)
                .WriteAsync(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.CacheControl = "no-store";
        await JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("ticket", ticket);
            json.WriteString("url", NoiseTickets.PathOf(room, ticket));
            json.WriteString("expires", StreamJson.Text(ends));
            json.WriteEndObject();
        });
    }

    private async Task EnrolAsync(HttpContext context)
    {
        var asked = await NoiseRequests.ReadAsync(context, Members, body =>
        {
            var name = NoiseRequests.Text(body, "name") ?? "Device";
            return !NoiseName.IsText(name)
                ? throw new NoiseSettingException(new NoiseRefusal(
                    NoiseProblems.UnusableName, $"'name' has 1 to {NoiseName.LongestText} characters on one line."))
                : NoiseRequests.Text(body, "ticket") is { } ticket ? new Asked(ticket, name)
                : throw new FormatException("'ticket' is a text.");
        });
        if (asked is null)
        {
            return;
        }

        if (tickets.Use(asked.Ticket) is not { } room)
        {
            await new NoiseRefusal(
                NoiseProblems.UsedTicket, "The ticket was used, or its ten minutes are over. Ask for another.")
                .WriteAsync(context);
            return;
        }

        try
        {
            var id = IdOf(asked.Name);
            var (device, token, refusal) = await loop.AskAsync(() => monitor.AddDeviceAsync(room, id, asked.Name));
            await (device is null
                ? refusal!.WriteAsync(context)
                : NoiseDeviceEndpoints.WriteAsync(context, device, token));
        }
        catch (EventStoreException error)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
        }
    }

    // What can be read of the name, and something that no other has: two phones may have one name.
    private string IdOf(string name)
    {
        var slug = new StringBuilder();
        foreach (var character in name.ToLowerInvariant().Take(LongestSlug))
        {
            if (char.IsAsciiLetterOrDigit(character))
            {
                slug.Append(character);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        return $"{(slug.Length > 0 ? slug.ToString().TrimEnd('-') : "device")}-{Suffix()}";
    }

    private string Suffix()
    {
        // Not thread-safe by itself.
        lock (random)
        {
            return string.Concat(Enumerable.Range(0, 5).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
        }
    }

    private sealed record Asked(string Ticket, string Name);
}
