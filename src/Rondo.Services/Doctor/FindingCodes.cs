namespace Rondo.Services.Doctor;

/// <summary>What a code is about.</summary>
/// <param name="Code">Its name, the same for ever.</param>
/// <param name="Why">Why it matters.</param>
/// <param name="Remedy">What to do when it is not well.</param>
internal sealed record FindingCode(string Code, string Why, string Remedy);

/// <summary>All codes, in the order in which they are looked at.</summary>
internal static class FindingCodes
{
    public const string Settings = "settings";
    public const string Folder = "folder";
    public const string DiskSpace = "disk-space";
    public const string DiskSync = "disk-sync";
    public const string Tables = "tables";
    public const string Events = "events";
    public const string Database = "database";
    public const string Durability = "database-durability";
    public const string Lease = "database-lease";
    public const string Clock = "clock";
    public const string ClockSteps = "clock-steps";
    public const string Port = "port";
    public const string Descriptors = "descriptors";
    public const string Kernel = "kernel";
    public const string TimeZones = "time-zones";
    public const string RatesSource = "rates-source";
    public const string WeatherSource = "weather-source";
    public const string Microphone = "microphone";
    public const string Certificate = "certificate";

    public static IReadOnlyList<FindingCode> All { get; } =
    [
        new(Settings, "A server does not start with settings that it cannot read.",
            "Mend appsettings.json in the data folder, or the RONDO_ variable, that the line names."),
        new(Folder, "The data folder holds every secret of this place, and only its owner may read it.",
            "Make it private (chmod -R go= DIR) and run Rondo as its owner."),
        new(DiskSpace, "On a full disk nothing more is stored, and every message is refused.",
            "Make room on that disk, or move the data folder to a larger one."),
        new(DiskSync, "Every message waits until the disk has it for certain.",
            "Keep the data folder on a local disk, not on a network share or a memory card."),
        new(Tables, "Keys, rates and hooks are in rondo.db.",
            "Restore a backup; or move rondo.db away, and begin with new keys."),
        new(Events, "Messages, levels and the audit are in events.db.",
            "Stop the server, then 'rondo streams repair' saves what can be read; or restore a backup."),
        new(Database, "Everything that nodes share is in this database.",
            "Start PostgreSQL 13 or newer, and look at the connection string and at who may connect."),
        new(Durability, "What the database has confirmed must survive a power cut, and a failover to its standby.",
            "Set fsync, full_page_writes and synchronous_commit to on, and bring the synchronous standby back."),
        new(Lease, "One node leads, and the others send on what they get.",
            "Start a node; one that cannot take the lease says why in its log."),
        new(Clock, "Keys expire, sessions end and messages are dated by the clock of this machine.",
            "Let it be set by the network: timedatectl set-ntp true."),
        new(ClockSteps, "A clock that jumps ends leases and sessions too early or too late.",
            "Let one program alone set the clock, and in small steps (chrony, systemd-timesyncd)."),
        new(Port, "An address can be listened on by one program at a time.",
            "Stop that program, or choose another address with --urls."),
        new(Descriptors, "Every connection takes a descriptor.",
            "Raise the limit: LimitNOFILE=65536 in a systemd unit, 'ulimit -n 65536' in a shell."),
        new(Kernel, "The event loops stand on epoll, and a short queue drops connections when many come at once.",
            "Raise what the line names with sysctl -w; without epoll start with --transport sockets."),
        new(TimeZones, "Days of the board, of the weather and of the noise begin at midnight of a place.",
            "Install the time zone data: apt-get install tzdata."),
        new(RatesSource, "Without their source the exchange rates grow old; Rondo says how old.",
            "Look at the way out of this network (proxy, firewall, DNS), or start with --offline."),
        new(WeatherSource, "Without a source the weather is that of the last answer, at most six hours old.",
            "Look at the way out of this network (proxy, firewall, DNS), or start with --offline."),
        new(Microphone, "A browser lends its microphone to pages that came by https, or from localhost.",
            "Start with --tls, and let each phone trust it once at /trust."),
        new(Certificate, "Browsers refuse a page whose certificate is over.",
            "Renew the certificate that the line names; move the folder tls away to have a new authority made."),
    ];

    public static FindingCode? Find(string code) => All.FirstOrDefault(c => c.Code == code);
}
