using Microsoft.AspNetCore.Http.Features;

namespace Rondo.Services.Gateway.Framing;

/// <summary>Lets what comes behind an accepted upgrade pass: it is another protocol.</summary>
/// <threadsafety>As the request's.</threadsafety>
internal sealed class StrictUpgradeFeature(IHttpUpgradeFeature upgrade, StrictFramingReader reader)
    : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => upgrade.IsUpgradableRequest;

    public async Task<Stream> UpgradeAsync()
    {
        var stream = await upgrade.UpgradeAsync();
        reader.Open();
        return stream;
    }
}
