using System.Text.RegularExpressions;

namespace Rondo.Services.Streams.Postgres;

/// <summary>
/// What stands in the migrations of tables for SQLite, in the words of PostgreSQL. Texts are compared by their code
/// points in both; numbers are given by who writes, one after the other.
/// </summary>
internal static partial class PostgresWords
{
    public static string Of(string sql) => Word().Replace(sql, word => word.Value switch
    {
        "INTEGER PRIMARY KEY AUTOINCREMENT" => "bigint PRIMARY KEY",
        "INTEGER" => "bigint",
        "REAL" => "double precision",
        "BLOB" => "bytea",
        "TEXT" => "text COLLATE \"C\"",
        _ => "",
    });

    [GeneratedRegex(@"\b(INTEGER PRIMARY KEY AUTOINCREMENT|INTEGER|REAL|BLOB|TEXT|WITHOUT ROWID)\b")]
    private static partial Regex Word();
}
