using System.Net;
using Rondo.Lab.Models;

namespace Rondo.Lab.Tests.Models;

/// <summary>A model that serves on a thread of its own and a free port.</summary>
internal sealed class RunningModel : IAsyncDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<IPEndPoint> _listening = new();
    private readonly TaskCompletionSource _ended = new();

    public RunningModel(IServerModel model, IRequestHandler handler)
    {
        var setup = new ModelSetup(
            new IPEndPoint(IPAddress.Loopback, 0), handler, address => _listening.TrySetResult(address), _stop.Token);
        new Thread(() =>
        {
            try
            {
                model.Run(setup);
                _ended.TrySetResult();
            }
            catch (Exception error)
            {
                _listening.TrySetException(error);
                _ended.TrySetException(error);
            }
        }).Start();
    }

    public Task<IPEndPoint> Address => _listening.Task.WaitAsync(Guard);

    public async Task<Uri> UrlAsync(string path = "/") => new($"http://{await Address}{path}");

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _ended.Task.WaitAsync(Guard);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }
}
