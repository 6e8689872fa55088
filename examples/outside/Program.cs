using Rondo.Transport.Kestrel;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseEventLoop();

var app = builder.Build();
app.MapGet("/", () => "Hello\n");
app.MapGet("/price/{item}", (string item) => $"{item} costs {Shop.Price(item)}\n");
app.MapGet("/price-async/{item}", async (string item) => $"{item} costs {await Shop.PriceAsync(item)}\n");
app.Run();
