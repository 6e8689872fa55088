namespace ChaosProgram;

/// <summary>Where the data lies, and how it runs out of room. This one by a quota for the event store.</summary>
internal class ChaosDisk(string path)
{
    private const int MostRoom = 256 * 1024;

    // Less is refused as a mistake.
    private const int LeastQuota = 64 * 1024;

    public string Path { get; } = path;

    public virtual string Name => "a folder";

    /// <summary>Whether it runs full under a process that runs; else a new process has the quota.</summary>
    public virtual bool FillsUp => false;

    public static ChaosDisk Folder() => new(Directory.CreateTempSubdirectory("rondo-chaos-").FullName);

    public virtual void Fill(Random random)
    {
    }

    public virtual void MakeRoom()
    {
    }

    /// <summary>What the configuration of a process says that has hardly any room.</summary>
    public string Quota(Random random)
    {
        var used = new FileInfo(System.IO.Path.Combine(Path, "events.db")).Length;
        return $"{Math.Max(LeastQuota, used + random.Next(MostRoom))}";
    }

    public virtual void Remove() => Directory.Delete(Path, recursive: true);
}
