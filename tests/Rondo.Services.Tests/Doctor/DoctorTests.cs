using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Rondo.Services.Doctor;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Sqlite;
using Rondo.Services.Tests.Hosting.Tls;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Doctor;

/// <summary>
/// Makes each finding happen for real. Full disks, limits of the process and missing time zones are with the command.
/// </summary>
public sealed class DoctorTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Place_ThatIsWell_HasNoFailure()
    {
        await using var server = await TestServer.StartAsync(folder: _folder);
        OwnOnly(_folder.Path);

        var findings = await LookAsync();

        Assert.DoesNotContain(findings, f => f.State is FindingState.Fail);
        Assert.Equal(
            FindingCodes.All.Select(c => c.Code)
                .Except([FindingCodes.Database, FindingCodes.Durability, FindingCodes.Lease]),
            findings.Select(f => f.Code).Distinct());
        Assert.DoesNotContain(
            Directory.GetFiles(_folder.Path), f => f.Contains("doctor.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{", "cannot be read")]
    [InlineData("""{"Currency":{"Deadline":"yes"}}""", "Deadline 'yes'")]
    [InlineData("""{"Chat":{"Burts":1}}""", "there is no setting 'Burts'")]
    public async Task Settings_ThatCannotBeRead_Fail(string settings, string measured)
    {
        _folder.Write("appsettings.json", settings);

        await AssertAsync(FindingCodes.Settings, nameof(FindingState.Fail), measured);
    }

    [Theory]
    [InlineData("auth.pepper", UnixFileMode.UserRead | UnixFileMode.OtherRead, nameof(FindingState.Fail), "others can read")]
    [InlineData("", (UnixFileMode)0x1FF, nameof(FindingState.Fail), "others can write to")]
    [InlineData("", (UnixFileMode)0x1ED, nameof(FindingState.Warn), "others can list")]
    [InlineData("", (UnixFileMode)0x1C0, nameof(FindingState.Ok), "mode 700")]
    public async Task Folder_WithRightsOfOthers_IsTold(string file, UnixFileMode mode, string state, string measured)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Files have no such rights here.");
        OwnOnly(_folder.Path);
        if (file.Length > 0)
        {
            _folder.Write(file, "secret");
        }

        OwnCertificate.SetMode(Path.Combine(_folder.Path, file), mode);

        await AssertAsync(FindingCodes.Folder, state, measured);
    }

    [Theory]
    [InlineData("rondo.db", FindingCodes.Tables)]
    [InlineData("events.db", FindingCodes.Events)]
    public async Task Store_Damaged_Fails(string name, string code)
    {
        await (await TestServer.StartAsync(folder: _folder)).DisposeAsync();
        var file = Path.Combine(_folder.Path, name);
        var content = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        content.AsSpan(4096, 4096).Fill(0xA5);
        await File.WriteAllBytesAsync(file, content, TestContext.Current.CancellationToken);

        await AssertAsync(code, nameof(FindingState.Fail), $"'{file}'");
    }

    [Fact]
    public async Task Events_WithAGap_Fail()
    {
        await using (var store = SqliteEventStore.Open(EventFile.PathIn(_folder.Path), TimeProvider.System))
        {
            await store.AppendAsync("a", [new NewEvent("t", "1"u8.ToArray()), new NewEvent("t", "2"u8.ToArray())],
                cancellation: TestContext.Current.CancellationToken);
        }

        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={EventFile.PathIn(_folder.Path)};Pooling=False"))
        {
            connection.Open();
            EventFile.Execute(connection, "DELETE FROM events WHERE id & 3 = 2");
        }

        await AssertAsync(FindingCodes.Events, nameof(FindingState.Fail), "stream 'a' should hold events 1 to 2, and holds 1");
    }

    [Fact]
    public async Task Clock_SetBackBehindTheNewestEvent_Fails()
    {
        var time = new ManualTime(TestServer.Friday);
        await using (var store = SqliteEventStore.Open(EventFile.PathIn(_folder.Path), time))
        {
            await store.AppendAsync("a", [new NewEvent("t", "1"u8.ToArray())], cancellation: TestContext.Current.CancellationToken);
        }

        var before = new ManualTime(TestServer.Friday - TimeSpan.FromHours(3));

        var found = Assert.Single(await LookAsync(time: before), f => f.Code == FindingCodes.Clock);
        Assert.Equal(FindingState.Fail, found.State);
        Assert.Equal("2026-11-20T15:00:00Z, and the newest event is 180 min later: the clock was set back", found.Measured);
    }

    [Theory]
    [InlineData(-30, nameof(FindingState.Warn), "30.0 s behind")]
    [InlineData(3600, nameof(FindingState.Fail), "60 min ahead of")]
    [InlineData(1, nameof(FindingState.Ok), "1.0 s ahead of")]
    public async Task Clock_BesideThatOfAServer_IsCompared(int seconds, string state, string measured)
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer(context =>
        {
            context.Response.Headers.Date = TestServer.Friday.ToString("R");
            return Task.CompletedTask;
        });
        _folder.Write("appsettings.json", $$$"""{"Currency":{"EcbAddress":"{{{upstream.Address}}}"}}""");
        var time = new ManualTime(TestServer.Friday + TimeSpan.FromSeconds(seconds));

        var findings = await LookAsync(new DoctorOptions(), time);

        var clock = Assert.Single(findings, f => f.Code == FindingCodes.Clock);
        Assert.Equal(state, clock.State.ToString());
        Assert.Contains(measured, clock.Measured);
        Assert.Equal(FindingState.Ok, Assert.Single(findings, f => f.Code == FindingCodes.RatesSource).State);
    }

    [Fact]
    public async Task Clock_ThatIsSetMeanwhile_Fails()
    {
        var found = Assert.Single(
            await LookAsync(time: new JumpingTime(new ManualTime(TestServer.Friday))), f => f.Code == FindingCodes.ClockSteps);

        Assert.Equal(FindingState.Fail, found.State);
        Assert.Contains("the clock jumped by", found.Measured);
    }

    [Fact]
    public async Task Port_ThatAnotherHas_FailsAndNamesIt()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var found = Assert.Single(
            await LookAsync(new DoctorOptions { Offline = true, Urls = $"http://127.0.0.1:{port}" }), f => f.Code == FindingCodes.Port);

        Assert.Equal(FindingState.Fail, found.State);
        Assert.Contains($"{port} is taken by ", found.Measured);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains($"process {Environment.ProcessId} ", found.Measured);
        }
    }

    [Fact]
    public async Task Port_OfTheServerOfThisFolder_IsWell()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere it is not known who has a port.");
        await using var server = await TestServer.StartAsync(folder: _folder);

        var found = Assert.Single(
            await LookAsync(new DoctorOptions { Offline = true, Urls = server.Address.ToString() }), f => f.Code == FindingCodes.Port);

        Assert.Equal(FindingState.Ok, found.State);
        Assert.Contains("is that of the server of this folder", found.Measured);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", nameof(FindingState.Warn), "may not use theirs there")]
    [InlineData("https://0.0.0.0:0", nameof(FindingState.Ok), "phones may at https://")]
    [InlineData("http://127.0.0.1:0", nameof(FindingState.Ok), "pages of this machine alone")]
    public async Task Microphone_ByAddress_IsAllowedOrNot(string urls, string state, string measured) =>
        await AssertAsync(
            FindingCodes.Microphone, state, measured, new DoctorOptions { Offline = true, Urls = urls });

    [Fact]
    public async Task Urls_ThatAreNone_FailAsPort() => await AssertAsync(
        FindingCodes.Port, nameof(FindingState.Fail), "is no address to listen on",
        new DoctorOptions { Offline = true, Urls = "nonsense" });

    [Theory]
    [InlineData("Max open files            256                  256                  files", nameof(FindingState.Fail))]
    [InlineData("Max open files            1024                 4096                 files", nameof(FindingState.Warn))]
    [InlineData("Max open files            1024                 1048576              files", nameof(FindingState.Ok))]
    public async Task Descriptors_ByTheHardLimit_AreEnoughOrNot(string line, string state)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /proc.");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "proc", "self"));
        _folder.Write("proc/self/limits", "Limit                     Soft Limit           Hard Limit           Units\n" + line);

        await AssertAsync(FindingCodes.Descriptors, state, "connections", system: Path.Combine(_folder.Path, "proc"));
    }

    [Theory]
    [InlineData(null, "4096", nameof(FindingState.Fail), "has no epoll")]
    [InlineData("100000", "128", nameof(FindingState.Warn), "net.core.somaxconn is 128, less than 1024")]
    [InlineData("100000", "4096", nameof(FindingState.Ok), "epoll, somaxconn 4096")]
    public async Task Kernel_ByWhatItShows_IsWellOrNot(string? epoll, string waiting, string state, string measured)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /proc.");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "proc/sys/fs/epoll"));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "proc/sys/net/core"));
        _folder.Write("proc/sys/net/core/somaxconn", waiting + "\n");
        if (epoll is not null)
        {
            _folder.Write("proc/sys/fs/epoll/max_user_watches", epoll + "\n");
        }

        await AssertAsync(FindingCodes.Kernel, state, measured, system: Path.Combine(_folder.Path, "proc"));
    }

    [Theory]
    [InlineData(-1, nameof(FindingState.Fail), "ended on")]
    [InlineData(7, nameof(FindingState.Warn), "ends on")]
    [InlineData(60, nameof(FindingState.Ok), "ends on")]
    public async Task Certificate_ByItsEnd_IsWellOrNot(int days, string state, string measured)
    {
        var (certificate, key) = (Path.Combine(_folder.Path, "own.crt"), Path.Combine(_folder.Path, "own.key"));
        OwnCertificate.Make(certificate, key, days);
        _folder.Write("appsettings.json", new JsonObject
        {
            ["Tls"] = new JsonObject { ["Certificate"] = certificate, ["CertificateKey"] = key },
        }.ToJsonString());

        await AssertAsync(FindingCodes.Certificate, state, measured);
    }

    [Fact]
    public async Task Certificate_ThatIsNone_Fails()
    {
        _folder.Write("appsettings.json", """{"Tls":{"Certificate":"/nowhere.crt","CertificateKey":"/nowhere.key"}}""");

        await AssertAsync(FindingCodes.Certificate, nameof(FindingState.Fail), "'/nowhere.crt' cannot be read");
    }

    [Fact]
    public async Task Sources_ThatDoNotAnswer_AreWarnings()
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        _folder.Write(
            "appsettings.json",
            $$$"""
            {"Currency":{"EcbAddress":"http://127.0.0.1:{{{port}}}/"},
             "Weather":{"Place":"Munich","OpenMeteoAddress":"http://127.0.0.1:{{{port}}}/forecast"}}
            """);

        var findings = await LookAsync(new DoctorOptions());

        foreach (var code in new[] { FindingCodes.RatesSource, FindingCodes.WeatherSource })
        {
            var found = Assert.Single(findings, f => f.Code == code);
            Assert.Equal(FindingState.Warn, found.State);
            Assert.Contains("127.0.0.1 cannot be reached", found.Measured);
        }
    }

    [Fact]
    public async Task Database_ThatDoesNotAnswer_Fails()
    {
        var file = PostgresCluster.WritePrivate(_folder, "Host=127.0.0.1;Port=1;Database=x;Username=x;Password=x");

        await AssertAsync(
            FindingCodes.Database, nameof(FindingState.Fail), "cannot be used",
            new DoctorOptions { Offline = true, DatabaseFile = file });
    }

    [Fact]
    public async Task Database_ThatMayLoseWhatItConfirms_FailsForThat()
    {
        var cluster = await PostgresCluster.SharedAsync();
        var file = cluster.WriteAddress(_folder, PostgresCluster.NewSchema());

        var findings = await LookAsync(new DoctorOptions { Offline = true, DatabaseFile = file });

        Assert.Equal(FindingState.Ok, Assert.Single(findings, f => f.Code == FindingCodes.Database).State);
        var found = Assert.Single(findings, f => f.Code == FindingCodes.Durability);
        Assert.Equal(FindingState.Fail, found.State);
        Assert.Contains("fsync off", found.Measured);
        Assert.Contains("synchronous_commit on", found.Measured);
        Assert.Contains("the database", Assert.Single(findings, f => f.Code == FindingCodes.Clock).Measured);
    }

    [Fact]
    public async Task Database_ThatNobodyLeads_IsAWarning()
    {
        var (cluster, schema) = (await PostgresCluster.SharedAsync(), PostgresCluster.NewSchema());
        var file = cluster.WriteAddress(_folder, schema);
        await cluster.ScalarAsync(schema, $"""
            CREATE SCHEMA {schema};
            CREATE TABLE leases (name text, holder text, address text, token bigint, until timestamptz);
            INSERT INTO leases VALUES ('leader', 'a', 'http://a', 1, clock_timestamp() - interval '1 minute')
            """);

        await AssertAsync(
            FindingCodes.Lease, nameof(FindingState.Warn), "'leader' is held by nobody",
            new DoctorOptions { Offline = true, DatabaseFile = file });
    }

    private async Task AssertAsync(
        string code, string state, string measured, DoctorOptions? options = null, string system = "/proc")
    {
        var found = (await LookAsync(options, system: system)).Where(f => f.Code == code).ToList();
        Assert.True(
            found.Any(f => f.State.ToString() == state && f.Measured.Contains(measured, StringComparison.Ordinal)),
            string.Join('\n', found));
    }

    private Task<IReadOnlyList<Finding>> LookAsync(
        DoctorOptions? options = null, TimeProvider? time = null, string system = "/proc") => CheckUp.RunAsync(
            (options ?? new DoctorOptions { Offline = true, Urls = "http://127.0.0.1:0" }) with { DataFolder = _folder.Path },
            time ?? TimeProvider.System, system);

    private static void OwnOnly(string folder) =>
        OwnCertificate.SetMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    /// <summary>Ten seconds are added each time that somebody asks.</summary>
    private sealed class JumpingTime(ManualTime time) : TimeProvider
    {
        private int _asked;

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + TimeSpan.FromSeconds(10 * _asked++);

        public override long GetTimestamp() => time.GetTimestamp();
    }
}
