using System.IO.Compression;
using System.Text;

namespace Rondo.Services.Tests.Support;

/// <summary>Documents of rates in the forms that the sources send.</summary>
internal static class TestDocuments
{
    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>
    /// The bank's XML, with single quotes as the live file has them; a string per day,
    /// <c>2026-11-20 USD=1.22 GBP=0.884</c>.
    /// </summary>
    public static string EcbXml(params IEnumerable<string> days)
    {
        var xml = new StringBuilder("""
            <?xml version="1.0" encoding="UTF-8"?>
            <gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
            	<gesmes:subject>Reference rates</gesmes:subject>
            	<gesmes:Sender>
            		<gesmes:name>European Central Bank</gesmes:name>
            	</gesmes:Sender>
            	<Cube>

            """);
        foreach (var parts in days.Select(d => d.Split(' ')))
        {
            xml.Append("\t\t<Cube time='").Append(parts[0]).Append("'>\n");
            foreach (var rate in parts.Skip(1).Select(r => r.Split('=')))
            {
                xml.Append("\t\t\t<Cube currency='").Append(rate[0]).Append("' rate='").Append(rate[1]).Append("'/>\n");
            }

            xml.Append("\t\t</Cube>\n");
        }

        return xml.Append("\t</Cube>\n</gesmes:Envelope>\n").ToString();
    }

    public static byte[] Zip(string name, byte[] content)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
            entry.Write(content);
        }

        return packed.ToArray();
    }
}
