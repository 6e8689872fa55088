using System.Text.Json;
using Rondo.Services.Supervision;

namespace Rondo.Services.Board;

/// <summary>The board for programs: every value with when it was true and what is to be known about it.</summary>
internal static class BoardJson
{
    public static void Write(Utf8JsonWriter json, BoardFacts facts)
    {
        json.WriteStartObject();
        json.WriteString("at", BoardAge.Text(facts.At));
        json.WriteString("name", facts.Settings.Name);
        json.WriteString("zone", facts.Zone.Id);
        foreach (var tile in facts.Settings.Tiles)
        {
            switch (tile)
            {
                case BoardTile.Rooms:
                    List(json, "rooms", facts.Rooms, r => Room(json, r, facts));
                    break;
                case BoardTile.Weather:
                    Weather(json, facts);
                    break;
                case BoardTile.Rates:
                    Rates(json, facts);
                    break;
                case BoardTile.Chat:
                    List(json, "chat", facts.Chat ?? [], l =>
                    {
                        json.WriteNumber("seq", l.Seq);
                        json.WriteString("at", BoardAge.Text(l.At));
                        json.WriteString("name", l.Name);
                        json.WriteString("text", l.Text);
                    });
                    break;
                case BoardTile.Services:
                    List(json, "services", ServiceTile.States(facts), s =>
                    {
                        json.WriteString("name", s.Name);
                        json.WriteString("state", s.State);
                        json.WriteString("since", BoardAge.Text(s.Since));
                        json.WriteNumber("ready", s.Ready);
                        json.WriteNumber("instances", s.Instances);
                        if (s.Child is { } child)
                        {
                            json.WriteString("process", child.Phase.Text());
                            json.WriteNumber("restarts_last_hour", child.EndsInHour(facts.At));
                        }
                    });
                    break;
            }
        }

        json.WriteEndObject();
    }

    private static void Room(Utf8JsonWriter json, BoardRoom room, BoardFacts facts)
    {
        json.WriteString("id", room.Id);
        json.WriteString("name", room.Name);
        json.WriteString("kind", room.Kind);
        json.WriteString("state", RoomTile.StateName(room.State));
        Number(json, "laeq", room.Level);
        Number(json, "lafmax", room.Max);
        Number(json, "leq_1m", room.Minute);
        Number(json, "goal", room.Goal);
        Number(json, "loud", room.Loud);
        json.WriteNumber("devices", room.Devices);
        json.WriteStartArray("quality");
        foreach (var quality in room.Quality)
        {
            json.WriteStringValue(quality);
        }

        json.WriteEndArray();
        if (room.At is { } at)
        {
            json.WriteString("at", BoardAge.Text(at));
            json.WriteNumber("age", Math.Round((facts.At - at).TotalSeconds, 1));
        }
    }

    private static void Weather(Utf8JsonWriter json, BoardFacts facts)
    {
        if (facts.Weather is not { } view)
        {
            json.WriteNull("weather");
            return;
        }

        json.WriteStartObject("weather");
        json.WriteString("place", view.Place.FullName);
        json.WriteString("source", view.Source);
        json.WriteString("quality", view.IsFixture ? "fixture" : view.IsStale ? "stale"
            : view.Missing(2).Count > 0 ? "partial" : "current");
        json.WriteString("at", BoardAge.Text(view.AsOf));
        json.WriteNumber("age", (long)view.Age(facts.At).TotalSeconds);
        Number(json, "today", (double?)view.Temperature(0));
        Number(json, "tomorrow", (double?)view.Temperature(1));
        json.WriteEndObject();
    }

    private static void Rates(Utf8JsonWriter json, BoardFacts facts)
    {
        if (facts.Rates is not { } rates)
        {
            json.WriteNull("rates");
            return;
        }

        json.WriteStartObject("rates");
        json.WriteString("base", "EUR");
        json.WriteString("date", rates.LatestDate);
        json.WriteString("source", rates.LatestSource);
        json.WriteString("quality", rates.IsStale(facts.At) ? "stale" : "current");
        json.WriteNumber("age", (long)rates.Age(facts.At).TotalSeconds);
        json.WriteStartObject("rates");
        foreach (var code in facts.Settings.Currencies)
        {
            if (RateTile.Value(facts, code) is { } rate)
            {
                json.WriteNumber(code, rate);
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void List<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, Math.Round(known, 1));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
