using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Rondo.Services.Auth.Http;
using Rondo.Services.Currency.Sources;
using Rondo.Services.Hosting;

namespace Rondo.Services.Currency.Http;

/// <summary>
/// The routes under <c>/currency</c> that change something; each needs a key with the scope <c>currency:admin</c>.
/// </summary>
internal sealed class CurrencyAdminEndpoints(
    RateBook book, RateRefresher refresher, IReadOnlyList<IRateSource> sources, TimeProvider time)
{
    private const string Scope = "currency:admin";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/currency/refresh", Refresh).RequireScope(Scope);
        routes.MapPost("/currency/import", Import).RequireScope(Scope);
        routes.MapPut("/currency/overrides/{code}", SetOverride).RequireScope(Scope);
        routes.MapDelete("/currency/overrides/{code}", RemoveOverrides).RequireScope(Scope);
    }

    private Task Refresh(HttpContext context)
    {
        if (!refresher.CanRefresh)
        {
            return CurrencyProblems.NoSource().WriteAsync(context);
        }

        refresher.Request();
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers.Location = "/currency/status";
        return Task.CompletedTask;
    }

    private async Task Import(HttpContext context)
    {
        if (sources is [FileRateSource])
        {
            await CurrencyProblems.OnlyFromFile().WriteAsync(context);
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = RateFile.MostBytes;
        }

        var body = await BoundedStream.ReadAllAsync(context.Request.Body, RateFile.MostBytes, context.RequestAborted);
        try
        {
            var days = RateFile.Parse(body ?? [], RateOrigin.Ecb, Today());
            var changed = book.Add(days);
            await JsonReply.WriteAsync(context, json => RateImport.Summary(days, changed.Count).Write(json));
        }
        catch (RateFormatException error)
        {
            await CurrencyProblems.Unusable(error.Message).WriteAsync(context);
        }
    }

    private async Task SetOverride(HttpContext context)
    {
        var parameters = new CurrencyParameters(context, Dialect.Native);
        var currency = parameters.CurrencyOf((string)context.Request.RouteValues["code"]!);
        if (sources is [FileRateSource])
        {
            parameters.Fail(CurrencyProblems.OnlyFromFile());
        }

        if (currency == CurrencyCatalog.Euro)
        {
            parameters.Fail(CurrencyProblems.Unusable("Rates are units for one euro: the euro's own cannot be set."));
        }

        var set = parameters.Problem is null ? await ReadOverrideAsync(context, currency, parameters) : null;
        if (set is null)
        {
            await parameters.Problem!.WriteAsync(context);
            return;
        }

        book.SetOverride(set);
        await JsonReply.WriteAsync(context, json => CurrencyEndpoints.WriteOverride(json, set));
    }

    private Task RemoveOverrides(HttpContext context)
    {
        var parameters = new CurrencyParameters(context, Dialect.Native);
        var currency = parameters.CurrencyOf((string)context.Request.RouteValues["code"]!);
        if (parameters.Problem is null && !book.RemoveOverrides(currency))
        {
            parameters.Fail(new Problem(ProblemType.NotFound, $"No rate of {currency.Code} is set by hand."));
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return parameters.Problem?.WriteAsync(context) ?? Task.CompletedTask;
    }

    private async Task<RateOverride?> ReadOverrideAsync(
        HttpContext context, CurrencyInfo currency, CurrencyParameters parameters)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(
                context.Request.Body, new JsonDocumentOptions { MaxDepth = 4 }, context.RequestAborted);
            var body = json.RootElement;
            var rate = Member(body, "rate");
            if (!Amount.TryParse(rate, out var units) || !EuroRate.IsPossible(units.Value) || units.Value.Scale > 12)
            {
                parameters.Fail(CurrencyProblems.Unusable(
                    "'rate' is the units of the currency for one euro: "
                        + "a number from 0.001 to 10000000 with at most 12 decimals, such as \"0.884\"."));
                return null;
            }

            var from = Member(body, "from") is { } start ? parameters.DateOf(start) : Today();
            var to = Member(body, "to") is { } end ? parameters.DateOf(end) : null;
            if (from > to)
            {
                parameters.Fail(CurrencyProblems.Reversed(from.Value, to.Value));
            }

            return parameters.Problem is null ? new RateOverride(currency, units.Value, from!.Value, to) : null;
        }
        catch (JsonException)
        {
            parameters.Fail(new Problem(
                ProblemType.InvalidBody,
                "The body is JSON such as {\"rate\":\"0.884\",\"from\":\"2026-11-01\",\"to\":\"2026-11-30\"}."));
            return null;
        }
    }

    private static string? Member(JsonElement body, string name) =>
        body.ValueKind is JsonValueKind.Object
            && body.TryGetProperty(name, out var value)
            && value.ValueKind is not JsonValueKind.Null
            ? value.ValueKind is JsonValueKind.String ? value.GetString() : value.GetRawText()
            : null;

    private DateOnly Today() => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
}
