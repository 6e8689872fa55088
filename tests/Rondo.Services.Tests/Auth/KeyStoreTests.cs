using System.Security.Cryptography;
using System.Text;
using Rondo.Services.Auth;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Auth;

public sealed class KeyStoreTests
{
    [Fact]
    public async Task AdminKey_Made_IsMadeOnceAndLeavesOnlyItsHash()
    {
        TestDatabase.SkipWithoutFiles("It looks into the files.");
        using var folder = new TestFolder();
        string key;
        await using (var server = await TestServer.StartAsync(folder: folder))
        {
            key = server.CreateAdminKey();
            Assert.Null(server.Services.GetRequiredService<KeyStore>().CreateAdminKeyIfNone());
        }

        await using (var server = await TestServer.StartAsync(folder: folder))
        {
            Assert.Null(server.Services.GetRequiredService<KeyStore>().CreateAdminKeyIfNone());
            Assert.Equal("admin", server.Services.GetRequiredService<KeyCheck>().Look(key).Entry!.Key.Name);
        }

        var files = Directory.GetFiles(folder.Path).Select(File.ReadAllBytes).ToList();
        var secret = key[(key.LastIndexOf('_') + 1)..];
        Assert.DoesNotContain(files, f => f.AsSpan().IndexOf(Encoding.ASCII.GetBytes(secret)) >= 0);
        var hash = new byte[KeyPepper.HashBytes];
        using var database = SqliteDatabase.Open(Path.Combine(folder.Path, "rondo.db"));
        KeyPepper.Open(database).Hash(key, hash);
        Assert.Contains(files, f => f.AsSpan().IndexOf(hash) >= 0);
        Assert.DoesNotContain(
            files, f => f.AsSpan().IndexOf(SHA256.HashData(Encoding.ASCII.GetBytes(key))) >= 0);
    }

    [Fact]
    public void Text_OneCharacterWrong_IsNoKey()
    {
        var key = ApiKey.Create().Text;

        Assert.NotNull(ApiKey.TryParse(key));
        for (var i = 0; i < key.Length; i++)
        {
            Assert.Null(ApiKey.TryParse(key[..i] + (key[i] == 'x' ? 'y' : 'x') + key[(i + 1)..]));
        }

        Assert.Null(ApiKey.TryParse(key[..^1]));
        Assert.Null(ApiKey.TryParse(key + "0"));
        Assert.Null(ApiKey.TryParse(""));
    }
}
