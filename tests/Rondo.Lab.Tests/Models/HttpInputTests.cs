using System.Text;
using Rondo.Lab.Models;

namespace Rondo.Lab.Tests.Models;

public sealed class HttpInputTests
{
    private const string Host = "Host: a\r\n";

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHOST:a\r\nconnection: upgrade, Close\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.0\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false)]
    public void Next_Request_KeepsTheConnectionAsItSays(string text, bool keepsAlive)
    {
        var input = Filled(text);

        Assert.Equal(0, input.Next());
        Assert.Equal(("GET", "/", keepsAlive), (input.Head.Method, input.Head.Target, input.Head.KeepsAlive));
        Assert.Null(input.Next());
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n", 400)]
    [InlineData(" / HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / / HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / FTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 413)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 501)]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505)]
    public void Next_WhatCannotBeServed_IsRefused(string text, int status) => Assert.Equal(status, Filled(text).Next());

    [Fact]
    public void Next_HeadTooLarge_IsRefused()
    {
        var input = new HttpInput();
        input.Room.Span.Fill((byte)'x');
        input.Received(HttpInput.LargestHead);

        Assert.Equal(431, input.Next());
    }

    /// <summary>Wherever the network cuts, the same requests come out.</summary>
    [Fact]
    public void Next_CutAnywhere_FindsTheSameRequests()
    {
        var bytes = Encoding.Latin1.GetBytes(
            $"POST /1 HTTP/1.1\r\n{Host}Content-Length: 5\r\n\r\nab\r\n!\r\n"
                + $"GET /2 HTTP/1.1\r\n{Host}\r\nGET /3 HTTP/1.1\r\n{Host}\r\n");
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var input = new HttpInput();
            var targets = new List<string>();
            foreach (var part in (byte[][])[bytes[..cut], bytes[cut..]])
            {
                part.CopyTo(input.Room);
                input.Received(part.Length);
                while (input.Next() is { } status)
                {
                    Assert.Equal(0, status);
                    targets.Add(input.Head.Target);
                }
            }

            Assert.Equal(["/1", "/2", "/3"], targets);
        }
    }

    [Fact]
    public void Next_BodyLargerThanTheBuffer_IsPassedOver()
    {
        var input = Filled($"POST / HTTP/1.1\r\n{Host}Content-Length: 100000\r\n\r\n");
        for (var sent = 0; sent < 100_000; sent += 1000)
        {
            Assert.Null(input.Next());
            input.Room.Span[..1000].Fill((byte)'\n');
            input.Received(1000);
        }

        Assert.Equal(0, input.Next());
        Assert.False(input.HasBegun);
    }

    private static HttpInput Filled(string text)
    {
        var input = new HttpInput();
        Encoding.Latin1.GetBytes(text).CopyTo(input.Room);
        input.Received(text.Length);
        return input;
    }
}
