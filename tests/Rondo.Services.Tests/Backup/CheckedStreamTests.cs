using System.IO.Compression;
using Rondo.Services.Backup;

namespace Rondo.Services.Tests.Backup;

public sealed class CheckedStreamTests
{
    [Fact]
    public void Read_WhatDoesNotUnpack_EndsThere()
    {
        // Block type 3 does not exist (RFC 1951 section 3.2.3).
        using var packed = new MemoryStream([0x07, 0x00, 0x00]);
        using var unpacked = new DeflateStream(packed, CompressionMode.Decompress);
        using var text = new CheckedStream(unpacked);

        Assert.Equal(0, text.Read(new byte[16]));
        Assert.Equal(0, text.Bytes);
    }

    [Fact]
    public void Read_MoreThanAnnounced_IsRefused()
    {
        using var text = new CheckedStream(new MemoryStream(new byte[100]), mostBytes: 99);

        var refused = Assert.Throws<InvalidDataException>(() => text.Read(new byte[200]));

        Assert.Equal("it is longer than the manifest says", refused.Message);
    }
}
