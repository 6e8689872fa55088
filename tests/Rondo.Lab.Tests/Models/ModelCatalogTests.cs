using Rondo.Lab.Models;

namespace Rondo.Lab.Tests.Models;

public sealed class ModelCatalogTests
{
    [Theory]
    [InlineData("sync")]
    [InlineData("pool")]
    [InlineData("pool:1")]
    [InlineData("exec:10000")]
    [InlineData("proc")]
    [InlineData("proc:256")]
    public void Find_Name_GivesItsModel(string name) => Assert.NotNull(ModelCatalog.Find(name));

    [Theory]
    [InlineData("")]
    [InlineData("Sync")]
    [InlineData("sync:1")]
    [InlineData("pool:")]
    [InlineData("pool:0")]
    [InlineData("pool:-1")]
    [InlineData("pool:10001")]
    [InlineData("pool:N")]
    [InlineData("proc:257")]
    [InlineData("webserver")]
    public void Find_AnythingElse_GivesNone(string name) => Assert.Null(ModelCatalog.Find(name));

    [Fact]
    public void CurrencyServers_Models_ExistAll() =>
        Assert.All(ModelCatalog.CurrencyServers.Values, model => Assert.NotNull(ModelCatalog.Find(model)));
}
