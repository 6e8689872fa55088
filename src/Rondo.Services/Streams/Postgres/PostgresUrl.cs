using Npgsql;

namespace Rondo.Services.Streams.Postgres;

/// <summary>Addresses as most tools of PostgreSQL take them: <c>postgresql://user:password@host:5432/database</c>.</summary>
internal static class PostgresUrl
{
    private static readonly string[] Schemes = ["postgresql://", "postgres://"];

    public static bool Is(string text) => Schemes.Any(s => text.StartsWith(s, StringComparison.OrdinalIgnoreCase));

    /// <exception cref="FormatException">A part of it is none, or is not known.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        var url = new Uri(text);
        var parsed = new NpgsqlConnectionStringBuilder { Host = Uri.UnescapeDataString(url.Host) };
        if (url.Port > 0)
        {
            parsed.Port = url.Port;
        }

        if (url.AbsolutePath.TrimStart('/') is { Length: > 0 } database)
        {
            parsed.Database = Uri.UnescapeDataString(database);
        }

        if (url.UserInfo.Split(':', 2) is [{ Length: > 0 } user, .. var password])
        {
            parsed.Username = Uri.UnescapeDataString(user);
            parsed.Password = password is [var secret] ? Uri.UnescapeDataString(secret) : null;
        }

        foreach (var part in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = part.Split('=', 2) is [var left, var right]
                ? (left, Uri.UnescapeDataString(right))
                : (part, "");
            Set(parsed, name, value);
        }

        return parsed;
    }

    private static void Set(NpgsqlConnectionStringBuilder parsed, string name, string value)
    {
        switch (name)
        {
            case "host":
                parsed.Host = value;
                break;
            case "application_name":
                parsed.ApplicationName = value;
                break;
            case "search_path":
                parsed.SearchPath = value;
                break;
            case "sslrootcert":
                parsed.RootCertificate = value;
                break;
            case "sslmode":
                parsed.SslMode = Enum.TryParse<SslMode>(value.Replace("-", ""), ignoreCase: true, out var mode)
                    ? mode
                    : throw new FormatException("its sslmode is none");
                break;
            default:
                throw new FormatException($"its parameter '{name}' is not known");
        }
    }
}
