using System.Net;
using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Rondo.Services.Auth;
using Rondo.Services.Hosting;

namespace Rondo.Benchmarks;

/// <summary>
/// Nanoseconds and bytes of what stands before every guarded request: is this text a key that counts, from there, and
/// may it do this. Against one SHA-256 of the text, which no check of a key that is kept hashed can do without.
/// </summary>
[MemoryDiagnoser]
public class KeyCheckBenchmark : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rondo-bench-").FullName;
    private readonly IPAddress _address = IPAddress.Parse("192.0.2.7");
    private readonly byte[] _ascii = new byte[ApiKey.TextLength];
    private readonly byte[] _hash = new byte[KeyPepper.HashBytes];
    private readonly SqliteDatabase _database;
    private readonly KeyStore _keys;
    private readonly KeyCheck _check;
    private readonly string _plain;
    private readonly string _limited;
    private readonly string _prefix;

    /// <summary>A hundred keys, as a place with many services has.</summary>
    public KeyCheckBenchmark()
    {
        var time = TimeProvider.System;
        _database = SqliteDatabase.Open(Path.Combine(_folder, "rondo.db"));
        _keys = new KeyStore(_database, KeyPepper.Open(_database), new AuditOutbox(_database), time);
        var options = new AuthOptions();
        _check = new KeyCheck(_keys, new Attempts(time, () => options), new DemoKey(false, time), time);
        var scopes = ScopeSet.Stored(["weather:read", "chat:post", "noise:publish:room-7"]);
        for (var i = 0; i < 100; i++)
        {
            _keys.Add(new KeySettings("other", "", scopes), AuditActor.Terminal);
        }

        _plain = _keys.Add(new KeySettings("plain", "", scopes), AuditActor.Terminal).Text.Text;
        _prefix = _plain.Substring(3, ApiKey.PrefixLength);
        _limited = _keys.Add(
            new KeySettings(
                "limited", "", scopes, time.GetUtcNow().AddYears(1), AddressList.Parse(["10.0.0.0/8", "192.0.2.0/24"]).List,
                ["https://example.org"], new KeyRate(1_000_000, TimeSpan.FromMilliseconds(1)), 1_000_000_000),
            AuditActor.Terminal).Text.Text;
    }

    /// <summary>The hash alone.</summary>
    [Benchmark(Baseline = true)]
    public int Sha256() => SHA256.HashData(_ascii.AsSpan(0, Encoding.ASCII.GetBytes(_plain, _ascii)), _hash);

    /// <summary>A key without limits.</summary>
    [Benchmark]
    public bool Check() =>
        _check.Check(_plain, _address, null) is { IsAccepted: true } verdict && verdict.Entry!.Key.Allows("chat:post");

    /// <summary>A key with networks, origins, a rate and a quota.</summary>
    [Benchmark]
    public bool CheckWithLimits() =>
        _check.Check(_limited, _address, "https://example.org") is { IsAccepted: true } verdict
        && verdict.Entry!.Key.Allows("noise:publish:room-7");

    /// <summary>Who is signed in: the text was checked before.</summary>
    [Benchmark]
    public bool CheckOfASession() =>
        _check.CheckAgain(_prefix, _address, null) is { IsAccepted: true } verdict
        && verdict.Entry!.Key.Allows("chat:post");

    /// <summary>Ends what the checks stand on.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _keys.Dispose();
        _database.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
