using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChaosProgram;

/// <summary>
/// Who follows the room on a WebSocket and says numbered messages, changes them and takes them back, there and over
/// HTTP: each until it is answered, with the same id on whatever connection.
/// </summary>
internal sealed class Talker(ChaosScene scene, int number, Random random)
    : ChaosClient(scene, $"talker {number}", random)
{
    private const int MostPending = 4;
    private const int LongestThoughtMs = 60;
    private const double ByHttp = 0.3;
    private const double Edits = 0.2;
    private const double Deletions = 0.08;
    private const int MostOwn = 40;

    private readonly object _gate = new();
    private readonly string _secret = Convert.ToHexStringLower(RandomBytes(random));
    private readonly List<Deed> _pending = [];
    private readonly List<Deed> _again = [];
    private readonly List<long> _own = [];
    private readonly HashSet<long> _leaving = [];
    private int _posts;
    private int _deeds;

    public override bool IsSettled
    {
        get
        {
            lock (_gate)
            {
                return Scene.IsQuiet && _pending.Count == 0 && Volatile.Read(ref _posts) == 0;
            }
        }
    }

    public override string Pending
    {
        get
        {
            lock (_gate)
            {
                return string.Join(", ", _pending);
            }
        }
    }

    protected override async Task ConverseAsync(long since, CancellationToken cancellation)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("chat.v1");
        socket.Options.SetRequestHeader("Cookie", Cookie);
        await socket.ConnectAsync(Scene.Socket, cancellation);
        await socket.SayAsync(
            new JsonObject { ["type"] = "hello", ["after"] = Log.Last, ["name"] = Nick }, cancellation);
        var live = new TaskCompletionSource();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = socket.ReadAllAsync(frame => Take(frame, since, live), end.Token);
        if (await Task.WhenAny(live.Task, reading) == reading)
        {
            await reading;
        }

        // What was sent before and not answered: it may be there, or not.
        await SendAllAsync(socket, Waiting(), cancellation);
        while (!IsDone && !reading.IsCompleted)
        {
            await SendAllAsync(socket, Refused(), cancellation);
            await SendAllAsync(socket, Next(), cancellation);
            await Task.Delay(Random.Next(LongestThoughtMs), cancellation);
        }

        if (IsDone)
        {
            // Nothing more may come. Not Abort: who reads again after it finds the socket disposed.
            await end.CancelAsync();
        }

        await reading;
    }

    private string Cookie => "rondo_guest=" + _secret;

    private string Nick => $"talker-{number}";

    private static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return bytes;
    }

    private static JsonObject FrameOf(Deed deed) => deed.Kind switch
    {
        DeedKind.Say => new JsonObject { ["type"] = "send", ["client_id"] = deed.Id, ["text"] = deed.Text },
        DeedKind.Edit => new JsonObject
        {
            ["type"] = "edit",
            ["client_id"] = deed.Id,
            ["seq"] = deed.Target,
            ["text"] = deed.Text,
        },
        _ => new JsonObject { ["type"] = "delete", ["client_id"] = deed.Id, ["seq"] = deed.Target },
    };

    private static async Task SendAllAsync(
        ClientWebSocket socket, IEnumerable<Deed> deeds, CancellationToken cancellation)
    {
        foreach (var deed in deeds)
        {
            await socket.SayAsync(FrameOf(deed), cancellation);
        }
    }

    private List<Deed> Waiting()
    {
        lock (_gate)
        {
            _again.Clear();
            return [.. _pending];
        }
    }

    private List<Deed> Refused()
    {
        lock (_gate)
        {
            var again = _again.ToList();
            _again.Clear();
            return again;
        }
    }

    // What comes to mind; what goes over HTTP is on its way already.
    private List<Deed> Next()
    {
        lock (_gate)
        {
            if (Scene.IsQuiet || _pending.Count + _posts >= MostPending)
            {
                return [];
            }

            List<Deed> deeds = [];
            var target = _own.Count > 0 ? _own[Random.Next(_own.Count)] : 0;
            var roll = Random.NextDouble();
            if (target == 0 || roll > Edits + Deletions)
            {
                deeds.Add(NewDeed(DeedKind.Say, 0));
            }
            else if (roll > Deletions)
            {
                deeds.Add(NewDeed(DeedKind.Edit, target));
            }
            else
            {
                // Half of them with an edit on their heels, or they on its.
                deeds.Add(NewDeed(DeedKind.Delete, target));
                if (Random.Next(2) == 0)
                {
                    deeds.Insert(Random.Next(2), NewDeed(DeedKind.Edit, target));
                }

                _own.Remove(target);
                _leaving.Add(target);
            }

            deeds.ForEach(Scene.Checker.Attempt);
            var posted = deeds.FindAll(_ => Random.NextDouble() < ByHttp);
            posted.ForEach(deed => _ = PostAsync(deed));
            var sent = deeds.Except(posted).ToList();
            _pending.AddRange(sent);
            return sent;
        }
    }

    private Deed NewDeed(DeedKind kind, long target)
    {
        var id = $"{number}.{_deeds++}";
        return new Deed(
            id, kind, target, kind is DeedKind.Delete ? "" : $"{kind} {id} {HeldText.Mark}{Random.NextInt64():x16}");
    }

    private bool Take(JsonElement frame, long since, TaskCompletionSource live)
    {
        switch (frame.GetProperty("type").GetString())
        {
            case "message" or "edit" or "delete" or "erased" or "lost" or "purge" or "moderation" or "room":
                Log.See(SeenEvent.Of(frame), since);
                break;
            case "live":
                live.SetResult();
                break;
            case "reset":
                Log.Reset();
                break;
            case "ack":
                Acknowledge(frame.GetProperty("client_id").GetString()!, frame.GetProperty("seq").GetInt64());
                break;
            case "error":
                Refuse(
                    frame.TryGetProperty("client_id", out var id) ? id.GetString() : null,
                    frame.GetProperty("code").GetString()!);
                break;
            default:
                break;
        }

        return true;
    }

    private void Acknowledge(string id, long seq)
    {
        lock (_gate)
        {
            if (_pending.Find(d => d.Id == id) is { } deed)
            {
                _pending.Remove(deed);
                Acknowledged(deed, seq);
            }
        }
    }

    private void Acknowledged(Deed deed, long seq)
    {
        Scene.Checker.Acknowledge(deed, seq);
        if (deed.Kind is DeedKind.Say)
        {
            _own.Add(seq);
            if (_own.Count > MostOwn)
            {
                _own.RemoveAt(0);
            }
        }
    }

    private void Refuse(string? id, string code)
    {
        lock (_gate)
        {
            if (id is null && code is "store-unavailable" or "not-leader")
            {
                // The hello; it is said again on another connection.
                throw new IOException($"Refused with {code}.");
            }

            if (id is null)
            {
                Scene.Checker.Violate($"{Name} was refused: {code}");
            }
            else if (_pending.Find(d => d.Id == id) is { } deed)
            {
                if (IsPassing(deed, code))
                {
                    _again.Add(deed);
                }
                else
                {
                    _pending.Remove(deed);
                }
            }
        }
    }

    // Whether it is to be tried again. A final refusal is right only for an edit that a deletion was faster than.
    private bool IsPassing(Deed deed, string code)
    {
        if (code is "store-full")
        {
            Scene.CountRefusal();
        }

        if (code is "store-full" or "store-unavailable" or "too-fast" or "no-leader" or "not-leader" or "leader-lost")
        {
            return true;
        }

        if (code is not "edit-conflict" || deed.Kind is not DeedKind.Edit || !_leaving.Contains(deed.Target))
        {
            Scene.Checker.Violate($"{deed} was refused: {code}");
        }

        return false;
    }

    private async Task PostAsync(Deed deed)
    {
        Interlocked.Increment(ref _posts);
        try
        {
            while (!await TryPostAsync(deed))
            {
                await Task.Delay(LongestThoughtMs);
            }
        }
        catch (Exception error)
        {
            Scene.Checker.Violate($"{deed}: {error}");
        }
        finally
        {
            Interlocked.Decrement(ref _posts);
        }
    }

    private async Task<bool> TryPostAsync(Deed deed)
    {
        try
        {
            using var request = RequestOf(deed);
            using var answer = await Scene.Http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            using var body = text.Length == 0 ? null : JsonDocument.Parse(text);
            lock (_gate)
            {
                if (answer.IsSuccessStatusCode)
                {
                    Acknowledged(deed, body?.RootElement.GetProperty("seq").GetInt64() ?? 0);
                    return true;
                }

                var problem = body!.RootElement.GetProperty("type").GetString()!;
                return !IsPassing(deed, problem.Replace("/problems/", "", StringComparison.Ordinal));
            }
        }
        catch (Exception cut)
            when (cut is HttpRequestException or IOException or OperationCanceledException or SocketException)
        {
            // The last of them comes as it is, where a connection is cut the moment it stands.
            return Scene.IsOver;
        }
    }

    private HttpRequestMessage RequestOf(Deed deed)
    {
        var path = ChaosScene.Room + "/messages" + (deed.Target == 0 ? "" : $"/{deed.Target}");
        var request = new HttpRequestMessage(
            deed.Kind switch
            {
                DeedKind.Say => HttpMethod.Post,
                DeedKind.Edit => HttpMethod.Patch,
                _ => HttpMethod.Delete,
            },
            path);
        request.Headers.Add("Cookie", Cookie);
        if (deed.Kind is not DeedKind.Delete)
        {
            request.Content = new StringContent(
                new JsonObject { ["client_id"] = deed.Id, ["text"] = deed.Text, ["name"] = Nick }.ToJsonString(),
                System.Text.Encoding.UTF8, "application/json");
        }

        return request;
    }
}
