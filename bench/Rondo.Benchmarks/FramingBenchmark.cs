using System.IO.Pipelines;
using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Services.Gateway.Framing;

namespace Rondo.Benchmarks;

/// <summary>
/// Nanoseconds and bytes of the check of a request's boundaries: somebody waits for a request, it comes in one piece,
/// and is consumed. Against the same pipe without the check.
/// </summary>
[MemoryDiagnoser]
public class FramingBenchmark
{
    private readonly Pipe _pipe = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline,
        useSynchronizationContext: false));

    private readonly StrictFramingReader _checked;
    private readonly Action _take;
    private byte[] _request = [];
    private PipeReader _reader;
    private ValueTask<ReadResult> _pending;

    /// <summary>A connection with the check.</summary>
    public FramingBenchmark()
    {
        var connection = new DefaultConnectionContext { Transport = new Duplex(_pipe.Reader, _pipe.Writer) };
        _checked = new StrictFramingReader(connection, NullLogger.Instance);
        _reader = _checked;
        _take = Take;
    }

    /// <summary>curl has 3 fields, a browser 15; then bodies of 100 bytes.</summary>
    [Params("curl", "browser", "length", "chunks")]
    public string Request { get; set; } = "";

    /// <summary>Makes the request.</summary>
    [GlobalSetup]
    public void Setup()
    {
        const string curl =
            "GET /convert/GBP/100 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n";
        var fields = string.Concat(Enumerable.Range(0, 12).Select(
            i => $"Sec-Field-{i}: \"Chromium\";v=\"156\", \"Not)A;Brand\";v=\"{i}\"\r\n"));
        _request = Encoding.ASCII.GetBytes(Request switch
        {
            "curl" => curl + "\r\n",
            "browser" => curl + fields + "\r\n",
            "length" => $"{curl}Content-Length: 100\r\n\r\n{new string('x', 100)}",
            _ => $"{curl}Transfer-Encoding: chunked\r\n\r\n64\r\n{new string('x', 100)}\r\n0\r\n\r\n",
        });
    }

    /// <summary>The pipe alone.</summary>
    [Benchmark(Baseline = true)]
    public void Unchecked() => Pass(_pipe.Reader);

    /// <summary>With the check.</summary>
    [Benchmark]
    public void Checked() => Pass(_checked);

    private void Pass(PipeReader reader)
    {
        _reader = reader;
        var pending = reader.ReadAsync();
        _pending = pending;
        if (pending.IsCompleted)
        {
            throw new InvalidOperationException("Nothing has come yet.");
        }

        _pending.GetAwaiter().UnsafeOnCompleted(_take);
        var flushed = _pipe.Writer.WriteAsync(_request);
        if (!flushed.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("The request was not taken.");
        }
    }

    private void Take() => _reader.AdvanceTo(_pending.Result.Buffer.End);

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
