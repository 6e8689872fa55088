using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Rondo.Services.Gateway.Framing;

namespace Rondo.Services.Tests.Gateway.Framing;

/// <summary>Holds what an application sees behind the check against what the check believes.</summary>
internal sealed class StreamComparison : IAsyncDisposable
{
    private readonly MemoryListener _listener = new();
    private readonly WebApplication _app;

    private StreamComparison(bool isChecked)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinRequestBodyDataRate = null;
            if (isChecked)
            {
                kestrel.ConfigureEndpointDefaults(endpoint => endpoint.UseStrictFraming());
            }
        });
        builder.Services.AddSingleton<IConnectionListenerFactory>(_listener);
        _app = builder.Build();
        _app.Run(SeenRequests.NoteAsync);
    }

    /// <summary>Requests that the application saw whole.</summary>
    public int Whole { get; private set; }

    /// <summary>Of all streams.</summary>
    public HashSet<FramingDoubt> Doubts { get; } = [];

    public static async Task<StreamComparison> StartAsync(bool isChecked)
    {
        var comparison = new StreamComparison(isChecked);
        await comparison._app.StartAsync();
        return comparison;
    }

    /// <summary>Sends one stream in pieces; returns how application and check disagree, or null.</summary>
    public async Task<string?> CompareAsync(byte[] stream, IReadOnlyList<int> cuts)
    {
        var (believed, seen) = (BelievedRequests.Of(stream), new SeenRequests());
        var statuses = Statuses(await SendAsync(stream, cuts, seen));
        Whole += seen.All.Count(r => r.Body is not null);
        Doubts.Add(believed.Doubt);
        return Disagreement(believed, seen.All, statuses, Closes(stream)) is { } wrong
            ? $"{wrong}\nsent, cut at {string.Join(", ", cuts)}: {Quoted(stream)}\n"
                + $"seen: {string.Join("; ", seen.All)}\n"
                + $"believed: {string.Join("; ", believed.Whole)}; {believed.Doubt}\n"
                + $"answers: {string.Join(", ", statuses)}"
            : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task<string> SendAsync(byte[] stream, IReadOnlyList<int> cuts, SeenRequests seen)
    {
        var connection = _listener.Connect(seen);
        var (output, from) = (connection.Client.Output, 0);
        foreach (var to in cuts.Append(stream.Length))
        {
            var written = await output.WriteAsync(stream.AsMemory(from, to - from));
            from = to;
            if (written.IsCompleted)
            {
                break;
            }
        }

        await output.CompleteAsync();
        var answer = new MemoryStream();
        await connection.Client.Input.CopyToAsync(answer);
        return Encoding.Latin1.GetString(answer.GetBuffer(), 0, (int)answer.Length);
    }

    private static string? Disagreement(
        BelievedRequests believed, List<SeenRequest> seen, List<int> statuses, bool mayClose)
    {
        var whole = seen.TakeWhile(r => r.Body is not null).ToList();
        if (seen.Count > whole.Count + 1)
        {
            return "A request behind a broken one";
        }

        if (whole.Count > believed.Whole.Count || !whole.SequenceEqual(believed.Whole.Take(whole.Count)))
        {
            return "The application saw another request";
        }

        var finals = statuses.Where(s => s >= 200).ToList();
        var isRefused = finals is [.., >= 400];
        if (finals.Count(s => s < 400) != whole.Count || finals.SkipLast(1).Any(s => s >= 400))
        {
            return "The answers are not those of the requests";
        }

        if (whole.Count < believed.Whole.Count && !isRefused && !mayClose)
        {
            return "The application did not see a request";
        }

        return believed.Doubt != FramingDoubt.None && !isRefused && !mayClose ? "A doubt was not answered" : null;
    }

    private static bool Closes(byte[] stream) =>
        Encoding.Latin1.GetString(stream) is var text
        && (text.Contains("close", StringComparison.OrdinalIgnoreCase)
            || text.Contains("HTTP/1.0", StringComparison.Ordinal));

    private static List<int> Statuses(string answers) =>
        [.. answers.Split("HTTP/1.1 ").Skip(1).Select(a => int.Parse(a.AsSpan(0, 3), null))];

    private static string Quoted(byte[] stream) => Encoding.Latin1.GetString(stream)
        .Replace("\r", "\\r", StringComparison.Ordinal)
        .Replace("\n", "\\n\n", StringComparison.Ordinal)
        .Replace("\0", "\\0", StringComparison.Ordinal);
}
