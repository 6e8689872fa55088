using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Rondo.Benchmarks;

/// <summary>One gateway between a client and an upstream: a process on core 0, and the path that it sends on.</summary>
/// <param name="Server">The process.</param>
/// <param name="Path">Where the upstream's <c>/</c> is.</param>
internal sealed record GatewayProxy(ServerProcess Server, string Path) : IAsyncDisposable
{
    public const string Nginx = "nginx";
    public const string Haproxy = "haproxy";
    public const string Go = "go";
    public const string Rondo = "rondo up";

    /// <summary>In the order of the table; ratios are to the first.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [Nginx, Haproxy, Go, Rondo];

    public string Name => Server.Name;

    /// <summary>Starts a kind; null where this build has none.</summary>
    public static async Task<GatewayProxy?> StartAsync(string kind, int port, int upstream, ScratchFolder folder) =>
        kind switch
        {
            Nginx => new(
                await ServerProcess.StartAsync(
                    kind, port, "nginx", "-p", folder.Path,
                    "-c", folder.Write($"nginx-{port}", NginxConfig(port, upstream, folder.Path))),
                "/"),
            Haproxy => new(
                await ServerProcess.StartAsync(
                    kind, port, "haproxy", "-db", "-f", folder.Write($"haproxy-{port}", HaproxyConfig(port, upstream))),
                "/"),
            Go => new(await ServerProcess.StartAsync(kind, port, CompileGo(), $"{port}", $"{upstream}"), "/"),
            _ => await StartRondoAsync(port, upstream, folder),
        };

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>A server of a constant, or of files below a folder.</summary>
    public static string NginxServer(int port, string folder, string location) => $$"""
        worker_processes 1;
        daemon off;
        master_process off;
        pid {{folder}}/pid-{{port}};
        error_log {{folder}}/log-{{port}};
        events { worker_connections 8192; }
        http {
          access_log off;
          sendfile on;
          keepalive_requests 1000000000;
          proxy_temp_path {{folder}}/proxy-{{port}};
          client_body_temp_path {{folder}}/body-{{port}};
          {{location}}
        }
        """;

    // No files on the way: a slow client is to slow its upstream down, as behind the others.
    private static string NginxConfig(int port, int upstream, string folder) => NginxServer(port, folder, $$"""
        upstream u { server 127.0.0.1:{{upstream}}; keepalive 1024; keepalive_requests 1000000000; }
          server {
            listen 127.0.0.1:{{port}} backlog=4096;
            location / {
              proxy_pass http://u;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $http_host;
              proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
              proxy_set_header X-Forwarded-Proto $scheme;
              proxy_max_temp_file_size 0;
            }
          }
        """);

    private static string HaproxyConfig(int port, int upstream) => $"""
        global
          nbthread 1
          maxconn 8192
        defaults
          mode http
          timeout connect 5s
          timeout client 60s
          timeout server 60s
          timeout http-keep-alive 60s
          option forwardfor
          http-reuse always
        frontend f
          bind 127.0.0.1:{port} backlog 4096
          http-request set-header X-Forwarded-Proto http
          default_backend b
        backend b
          server s 127.0.0.1:{upstream}

        """;

    private static string CompileGo()
    {
        var program = System.IO.Path.GetFullPath("artifacts/goproxy");
        using var compiler = Process.Start(new ProcessStartInfo("go", ["build", "-o", program, "."])
        {
            WorkingDirectory = "bench/gateway",
        })!;
        compiler.WaitForExit();
        return compiler.ExitCode == 0
            ? program
            : throw new InvalidOperationException("go could not build bench/gateway.");
    }

    // As its user would: a registered service and a route to it.
    private static async Task<GatewayProxy?> StartRondoAsync(int port, int upstream, ScratchFolder folder)
    {
        var keyFile = System.IO.Path.Combine(folder.Path, $"key-{port}");
        var server = await ServerProcess.StartRondoAsync(
            port, System.IO.Path.Combine(folder.Path, $"data-{port}"), "--admin-key-file", keyFile);
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", await ReadKeyAsync(keyFile));
        var registered = await PutAsync(
            "/registry/services/bench/instances/b1", $$"""{"url":"http://127.0.0.1:{{upstream}}","ttl":"1h"}""");
        registered.EnsureSuccessStatusCode();
        var routed = await PutAsync(
            "/gateway/routes/bench",
            """{"match":{"path":"/bench/**"},"service":"bench","rewrite":{"strip":"/bench"},"auth":{"required":false}}""");
        if (routed.StatusCode is HttpStatusCode.NotFound)
        {
            await server.DisposeAsync();
            return null;
        }

        routed.EnsureSuccessStatusCode();
        return new(server, "/bench/");

        Task<HttpResponseMessage> PutAsync(string path, string body) =>
            server.Client.PutAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
    }

    // It is written once the server listens.
    private static async Task<string> ReadKeyAsync(string file)
    {
        while (!File.Exists(file) || new FileInfo(file).Length == 0)
        {
            await Task.Delay(20);
        }

        return (await File.ReadAllTextAsync(file)).Trim();
    }
}
