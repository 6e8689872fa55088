namespace Rondo.Services.Hosting;

/// <summary>One per service: tells whether it can answer yet.</summary>
internal interface IReadiness
{
    string Name { get; }

    bool IsReady { get; }
}
