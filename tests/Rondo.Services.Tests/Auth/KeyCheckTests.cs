using System.Net;
using Rondo.Services.Auth;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Auth;

public sealed class KeyCheckTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("2001:db8::7")]
    public async Task Check_OfAGoodKey_TakesNoMemory(string address)
    {
        await using var server = await TestServer.StartAsync();
        var (text, _) = server.Services.GetRequiredService<KeyStore>().Add(
            new KeySettings(
                "k", "", ScopeSet.Stored(["weather:read", "!weather:read:x"]),
                Addresses: AddressList.Parse(["127.0.0.0/8", "2001:db8::/32"]).List,
                Rate: new KeyRate(1_000_000, TimeSpan.FromSeconds(1)), Quota: 1_000_000),
            AuditActor.Terminal);
        var (check, from) = (server.Services.GetRequiredService<KeyCheck>(), IPAddress.Parse(address));

        Assert.Equal(0, Spent(check, text.Text, from, 100) + Spent(check, text.Text, from, 10_000));
    }

    [Fact]
    public async Task GoodKey_FromAnAddressThatItWasAcceptedFrom_IsNotLockedOut()
    {
        await using var server = await TestServer.StartAsync(time: new ManualTime(TestServer.Friday));
        var admin = server.CreateAdminKey();
        var check = server.Services.GetRequiredService<KeyCheck>();
        var (school, other) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"));
        var wrong = admin[..20] + (admin[20] == 'x' ? 'y' : 'x') + admin[21..];
        Assert.True(check.Check(admin, school, null).IsAccepted);
        for (var i = 0; i < 100; i++)
        {
            check.Check(wrong, school, null);
        }

        Assert.True(check.Check(admin, school, null).IsAccepted);
        Assert.Equal(KeyOutcome.TooManyAttempts, check.Check(ApiKey.Create().Text, school, null).Outcome);

        // The prefix is known now to somebody: from elsewhere it waits.
        Assert.Equal(KeyOutcome.TooManyAttempts, check.Check(admin, other, null).Outcome);
        Assert.Equal(KeyOutcome.Unknown, check.Check(ApiKey.Create().Text, other, null).Outcome);
    }

    [Fact]
    public async Task KeysOfADatabaseOfOld_StillOpen()
    {
        using var folder = new TestFolder();
        var key = ApiKey.Create();
        await TestDatabase.ReadyAsync();
        using (var database = TestDatabase.Open(folder))
        {
            database.Migrate("auth", """
                CREATE TABLE keys (
                    prefix TEXT PRIMARY KEY, hash BLOB NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL, created TEXT NOT NULL
                ) WITHOUT ROWID
                """);
            database.Write(session => session.Execute(
                "INSERT INTO keys VALUES (@prefix, @hash, 'admin', '*', '2026-01-01T00:00:00Z')",
                ("@prefix", key.Prefix),
                ("@hash", System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(key.Text)))));
        }

        await using var server = await TestServer.StartAsync(folder: folder);

        Assert.Null(server.Services.GetRequiredService<KeyStore>().CreateAdminKeyIfNone());
        Assert.Equal("200 -", await server.VerdictAsync("GET", "/auth/keys/" + key.Prefix, null, Keys.Bearer(key.Text)));
    }

    [Fact]
    public void Rate_OfCells_LetsTheBurstThroughAndThenOneEach()
    {
        var rate = new CellRate(10, 3);
        var empty = 0L;

        Assert.Equal([0, 0, 0, 10], Enumerable.Range(0, 4).Select(_ => rate.Take(ref empty, 100)));
        Assert.Equal(0, rate.Left(ref empty, 100));
        Assert.Equal(10, rate.Wait(ref empty, 100));
        Assert.Equal(0, rate.Take(ref empty, 110));
        Assert.Equal(1, rate.Left(ref empty, 120));
        Assert.Equal(3, rate.Left(ref empty, 1000));
    }

    private static long Spent(KeyCheck check, string text, IPAddress from, int times)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < times; i++)
        {
            var verdict = check.Check(text, from, null);
            if (!verdict.IsAccepted || !verdict.Entry!.Key.Allows("weather:read"))
            {
                throw new InvalidOperationException(verdict.Outcome.ToString());
            }
        }

        // The first times compile.
        return times == 100 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
