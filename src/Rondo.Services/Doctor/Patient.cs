using Rondo.Services.Hosting;
using Rondo.Services.Streams.Postgres;

namespace Rondo.Services.Doctor;

/// <summary>What is looked at: a place as a server would find it, without one.</summary>
/// <param name="Folder">The data folder, which may be missing.</param>
/// <param name="Configuration">What the environment and the settings in the folder say.</param>
/// <param name="Urls">The addresses to listen on.</param>
/// <param name="IsOffline">Whether no server may be asked.</param>
/// <param name="Address">The database of the events; null for the folder.</param>
/// <param name="Time">The clock in doubt.</param>
/// <param name="System">Where the kernel shows what it is: <c>/proc</c>.</param>
internal sealed record Patient(
    string Folder,
    IConfiguration Configuration,
    string Urls,
    bool IsOffline,
    PostgresAddress? Address,
    TimeProvider Time,
    string System = "/proc")
{
    /// <summary>Within this time every question to another machine is answered, or counts as not.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>The number in a file of the kernel; null when there is none.</summary>
    public long? KernelNumber(string path)
    {
        try
        {
            return long.TryParse(File.ReadAllText(Path.Combine(System, path)).Trim(), out var number) ? number : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Settings of a section, checked as a server does.</summary>
    /// <exception cref="StartException">They have mistakes.</exception>
    public T Read<T>(string section)
        where T : class, ICheckedOptions, new() => LiveOptions<T>.Once(Configuration, section);
}
