using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Rondo.Architecture.Tests;

/// <summary>Holds the drawn house (docs/architecture.md) against the one that was built.</summary>
public sealed partial class RepositoryTests
{
    private const int LongestFile = 400;
    private const int MostPackages = 20;

    private static readonly string Root = FindRoot();

    private static readonly Dictionary<string, string[]> Graph = new()
    {
        ["Rondo.Charts"] = [],
        ["Rondo.Runtime"] = [],
        ["Rondo.Transport"] = ["Rondo.Runtime"],
        ["Rondo.Xunit"] = ["Rondo.Runtime"],
        ["Rondo.Services"] = ["Rondo.Charts", "Rondo.Runtime", "Rondo.Transport"],
        ["Rondo.Lab"] = ["Rondo.Charts", "Rondo.Runtime", "Rondo.Transport"],
        ["Rondo.Cli"] = ["Rondo.Lab", "Rondo.Runtime", "Rondo.Services"],
    };

    // Floors of each project, bottom first; rooms on one floor may not see each other. "." is the project root.
    private static readonly Dictionary<string, string[][]> Floors = new()
    {
        ["Rondo.Charts"] = [["Scenes"], ["Scales", "Svg", "Png", "Terminal"], ["Plots"], ["Pages"]],
        ["Rondo.Runtime"] = [["Time", "Polling"], ["."], ["Tasks", "Executors", "Diagnostics"], ["Testing"]],
        ["Rondo.Transport"] = [["."], ["Native"], ["Polling"], ["Sockets"], ["Kestrel"]],
        ["Rondo.Xunit"] = [["."]],
        ["Rondo.Services"] = [["Hosting"], ["WebSockets"], ["Streams"], ["Auth"], ["Chat", "Currency", "Demo", "Noise", "Registry", "Weather"], ["Supervision"], ["Announcements", "Backup", "Board", "Doctor", "Gateway"], ["Nodes"], ["."]],
        ["Rondo.Lab"] = [["Measuring"], ["Load", "Models"], ["Statistics"], ["Experiments"], ["Reports"], ["."]],
    };

    // Who may see a project's internals besides its own tests.
    private static readonly Dictionary<string, string[]> Friends = new()
    {
        ["Rondo.Charts"] = ["Rondo.Lab", "Rondo.Lab.Tests", "Rondo.Services", "Rondo.Services.Tests"],
        ["Rondo.Runtime"] = ["rondo", "Rondo.Lab", "Rondo.Transport", "Rondo.Transport.Tests"],
        ["Rondo.Transport"] = ["Rondo.Lab", "Rondo.Lab.Tests"],
        ["Rondo.Services"] = ["Rondo.Benchmarks"],
        ["Rondo.Lab"] = ["rondo"],
    };

    [Fact]
    public void ProjectReferences_MatchTheDeclaredGraph()
    {
        var actual = Projects().ToDictionary(NameOf, p => XDocument.Load(p)
            .Descendants("ProjectReference")
            .Select(r => NameOf(r.Attribute("Include")!.Value))
            .Order()
            .ToArray());

        Assert.Equal(Graph.OrderBy(g => g.Key), actual.OrderBy(g => g.Key));
    }

    [Fact]
    public void Friends_MatchTheDeclaredList()
    {
        var actual = from project in Projects()
                     from friend in XDocument.Load(project).Descendants("InternalsVisibleTo")
                     let name = friend.Attribute("Include")!.Value
                     where name != NameOf(project) + ".Tests"
                     select $"{NameOf(project)} -> {name}";

        Assert.Equal(Friends.SelectMany(f => f.Value.Select(v => $"{f.Key} -> {v}")).Order(), actual.Order());
    }

    [Fact]
    public void Rooms_UseOnlyFloorsBelow()
    {
        foreach (var project in Floors.Keys)
        {
            var files = SourceFiles(project)
                .Select(f => (Path: f, Room: Room(project, f), Type: Path.GetFileName(f).Split('.')[0])).ToList();
            var roomOf = files.DistinctBy(f => f.Type).ToDictionary(f => f.Type, f => f.Room);
            var violations = from file in files
                             from word in Words(file.Path)
                             where roomOf.TryGetValue(word, out var used) && used != file.Room
                                 && Floor(project, used) >= Floor(project, file.Room)
                             select $"{Path.GetRelativePath(Root, file.Path)} uses {word} of room {roomOf[word]}";

            Assert.Empty(violations);
        }
    }

    [Fact]
    public void Namespaces_NameOnlyRoomsOnFloorsBelow()
    {
        foreach (var project in Floors.Keys)
        {
            var violations = from file in SourceFiles(project)
                             let text = File.ReadAllText(file)
                             from Match match in Regex.Matches(text, $@"using {Regex.Escape(project)}\.(\w+)")
                             let used = match.Groups[1].Value
                             let room = Room(project, file)
                             where used != room && Floor(project, used) >= Floor(project, room)
                             select $"{Path.GetRelativePath(Root, file)} imports room {used}";

            Assert.Empty(violations);
        }
    }

    [Fact]
    public void Folders_OfSourceProjects_AreDeclaredRooms()
    {
        foreach (var project in Floors.Keys)
        {
            Assert.All(SourceFiles(project), f => Floor(project, Room(project, f)));
        }
    }

    [Fact]
    public void Packages_AreFewerThanTwenty()
    {
        var packages = XDocument.Load(Path.Combine(Root, "Directory.Packages.props"))
            .Descendants("PackageVersion")
            .ToList();

        Assert.InRange(packages.Count, 1, MostPackages - 1);
    }

    [Fact]
    public void Unsafe_IsAllowedInTransportAlone() => Assert.Equal(
        ["Rondo.Transport"],
        Projects().Where(p => XDocument.Load(p).Descendants("AllowUnsafeBlocks").Any()).Select(NameOf));

    [Theory]
    [InlineData("unsafe", "Native")]
    [InlineData("LibraryImport", "Native")]
    [InlineData("DllImport", "Native")]
    [InlineData("AspNetCore", "Kestrel")]
    public void Words_OfOneTransportRoom_StayInIt(string word, string room)
    {
        var strays = from file in SourceFiles("Rondo.Transport")
                     where Room("Rondo.Transport", file) != room
                     where Regex.IsMatch(Comment().Replace(File.ReadAllText(file), ""), $@"\b{word}\b")
                     select Path.GetRelativePath(Root, file);

        Assert.Empty(strays);
    }

    /// <summary>The generator writes several classes in an order that changes from build to build.</summary>
    [Theory]
    [InlineData("Rondo.Runtime")]
    [InlineData("Rondo.Transport")]
    [InlineData("Rondo.Xunit")]
    public void LogMessages_OfAPackage_AreInOneClass(string project) => Assert.InRange(
        SourceFiles(project).Count(f => File.ReadAllText(f).Contains("[LoggerMessage(", StringComparison.Ordinal)), 0, 1);

    [Fact]
    public void LookingIntoProcesses_IsNamedOnlyInTheFolderForIt()
    {
        var elsewhere = from file in Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
                        where File.ReadAllText(file).Contains("Microsoft.Diagnostics.Runtime", StringComparison.Ordinal)
                        let folder = Path.GetRelativePath(Root, Path.GetDirectoryName(file)!)
                        where folder != Path.Combine("src", "Rondo.Cli", "Inspect")
                        select Path.GetRelativePath(Root, file);
        var references = from project in Directory.EnumerateFiles(Root, "*.csproj", SearchOption.AllDirectories)
                         where File.ReadAllText(project).Contains("Microsoft.Diagnostics.Runtime", StringComparison.Ordinal)
                         select NameOf(project);

        Assert.Empty(elsewhere);
        Assert.Equal(["Rondo.Cli"], references);
    }

    [Fact]
    public void Files_StayShort()
    {
        var tooLong = from folder in new[] { "src", "tests", "bench" }
                      let root = Path.Combine(Root, folder)
                      from file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
                      let lines = File.ReadLines(file).Count()
                      where lines > LongestFile
                      select $"{Path.GetRelativePath(Root, file)} has {lines} lines";

        Assert.Empty(tooLong);
    }

    [Fact]
    public void SourceText_LeavesNothingOpen()
    {
        var open = from folder in new[] { "src", "tests" }
                   let root = Path.Combine(Root, folder)
                   from file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
                   where Path.GetFileName(file) != "RepositoryTests.cs"
                   let text = File.ReadAllText(file)
                   where OpenEnd().IsMatch(text)
                   select $"{Path.GetRelativePath(Root, file)}: {OpenEnd().Match(text).Value}";

        Assert.Empty(open);
    }

    private static IEnumerable<string> Projects() =>
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories);

    private static string NameOf(string project) => Path.GetFileNameWithoutExtension(project);

    private static IEnumerable<string> SourceFiles(string project) =>
        Directory.EnumerateFiles(Path.Combine(Root, "src", project), "*.cs", SearchOption.AllDirectories);

    private static IEnumerable<string> Words(string file) =>
        Identifier().Matches(Comment().Replace(File.ReadAllText(file), "")).Select(m => m.Value).Distinct();

    private static string FindRoot([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));

    private static string Room(string project, string file) =>
        Path.GetRelativePath(Path.Combine(Root, "src", project), file).Split('/', '\\') is [var room, _, ..]
            ? room
            : ".";

    private static int Floor(string project, string room)
    {
        var floor = Array.FindIndex(Floors[project], rooms => rooms.Contains(room));
        return floor >= 0
            ? floor
            : throw new InvalidOperationException($"{project} has no room called {room}; add it to the floors.");
    }

    [GeneratedRegex(@"\b[A-Z]\w*")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"//.*|""[^""]*""")]
    private static partial Regex Comment();

    [GeneratedRegex("TODO|FIXME|HACK|NotImplementedException")]
    private static partial Regex OpenEnd();
}
