using System.Text.Json;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Ledger;
using SandboxOperator.Gateway.Ledger.Usage;

namespace SandboxOperator.Gateway.Organization;

/// <summary>What all projects have used and what it costs, for admin keys, in the shapes that finance tools know.</summary>
internal static class OrganizationEndpoints
{
    private const string ProjectId = "project_id";
    private const string LineItem = "line_item";
    private const string ApiKeyId = "api_key_id";
    private const string Model = "model";
    private const string Batch = "batch";

    private static readonly string[] SessionGroups = [ProjectId];
    private static readonly string[] CompletionGroups = [ProjectId, "user_id", ApiKeyId, Model, Batch, "service_tier"];
    private static readonly string[] CostGroups = [ProjectId, LineItem, ApiKeyId];

    public static void MapOrganization(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/organization/usage/code_interpreter_sessions", SessionsAsync);
        routes.MapGet("/v1/organization/usage/completions", CompletionsAsync);
        routes.MapGet("/v1/organization/costs", CostsAsync);
    }

    private static async Task<JsonAnswer> SessionsAsync(
        HttpRequest request,
        Caller caller,
        UsageReader usage,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        RequireAdmin(caller);
        var query = UsageQuery.Read(request, UsageWidth.OfUsage, SessionGroups, time.GetUtcNow());
        var filter = new UsageFilter(query.Projects, ByProject: query.GroupsBy(ProjectId));
        var sums = await usage.SessionsAsync(query.Page, filter, cancellationToken);
        return UsageJson.Page(
            query,
            sums.OrderBy(sum => sum.Project, StringComparer.Ordinal).ToLookup(sum => sum.StartMs),
            (writer, sum) =>
            {
                writer.WriteString("object", "organization.usage.code_interpreter_sessions.result");
                writer.WriteNumber("num_sessions", sum.Sessions);
                writer.WriteString(ProjectId, sum.Project);
            }
        );
    }

    private static async Task<JsonAnswer> CompletionsAsync(
        HttpRequest request,
        Caller caller,
        UsageReader usage,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        RequireAdmin(caller);
        var query = UsageQuery.Read(request, UsageWidth.OfUsage, CompletionGroups, time.GetUtcNow());
        query.Refuse("user_ids", "api_key_ids");
        var filter = new UsageFilter(query.Projects, query.Models, query.GroupsBy(ProjectId), query.GroupsBy(Model));
        // Runs are no batch jobs, and nothing else is counted.
        var sums = query.Batch is true ? [] : await usage.TokensAsync(query.Page, filter, cancellationToken);
        return UsageJson.Page(
            query,
            sums.OrderBy(sum => sum.Project, StringComparer.Ordinal)
                .ThenBy(sum => sum.Model, StringComparer.Ordinal)
                .ToLookup(sum => sum.StartMs),
            (writer, sum) => WriteCompletions(writer, sum, query.GroupsBy(Batch))
        );
    }

    private static async Task<JsonAnswer> CostsAsync(
        HttpRequest request,
        Caller caller,
        UsageReader usage,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        RequireAdmin(caller);
        var query = UsageQuery.Read(request, UsageWidth.OfCosts, CostGroups, time.GetUtcNow());
        query.Refuse("api_key_ids");
        var filter = new UsageFilter(query.Projects, null, query.GroupsBy(ProjectId), ByModel: true);
        var sessions = await usage.SessionsAsync(query.Page, filter, cancellationToken);
        var tokens = await usage.TokensAsync(query.Page, filter, cancellationToken);
        var lines = sessions.Select(LineOf).Concat(tokens.SelectMany(LinesOf));
        if (!query.GroupsBy(LineItem))
        {
            lines = lines
                .GroupBy(line => (line.StartMs, line.Project))
                .Select(same => CostResult.Total(same.Key.StartMs, same.Key.Project, same));
        }

        return UsageJson.Page(
            query,
            lines
                .OrderBy(line => line.Project, StringComparer.Ordinal)
                .ThenBy(line => line.Item, StringComparer.Ordinal)
                .ToLookup(line => line.StartMs),
            WriteCost
        );
    }

    private static void RequireAdmin(Caller caller)
    {
        if (!caller.IsAdmin)
        {
            throw new ApiException(
                StatusCodes.Status403Forbidden,
                "This API key sees its own project only; usage and costs need a key with the role 'admin'.",
                code: "insufficient_permissions"
            );
        }
    }

    private static void WriteCompletions(Utf8JsonWriter writer, TokenSum sum, bool byBatch)
    {
        writer.WriteString("object", "organization.usage.completions.result");
        writer.WriteNumber("input_tokens", sum.Input);
        writer.WriteNumber("input_cached_tokens", sum.CachedInput);
        writer.WriteNumber("input_uncached_tokens", sum.Input - sum.CachedInput);
        writer.WriteNumber("output_tokens", sum.Output);
        writer.WriteNumber("input_audio_tokens", 0);
        writer.WriteNumber("output_audio_tokens", 0);
        writer.WriteNumber("num_model_requests", sum.Requests);
        writer.WriteString(ProjectId, sum.Project);
        writer.WriteNull("user_id");
        writer.WriteNull(ApiKeyId);
        writer.WriteString(Model, sum.Model);
        if (byBatch)
        {
            writer.WriteBoolean(Batch, false);
        }
        else
        {
            writer.WriteNull(Batch);
        }

        writer.WriteNull("service_tier");
    }

    private static CostResult LineOf(SessionSum sum) =>
        new(sum.StartMs, sum.Project, LineItems.Sessions, sum.Charges, null, sum.Nanos, []);

    private static IEnumerable<CostResult> LinesOf(TokenSum sum)
    {
        string[] unpriced = sum.Unpriced > 0 ? [sum.Model!] : [];
        return LineItems
            .Of(sum)
            .Select(line => new CostResult(
                sum.StartMs,
                sum.Project,
                line.Item,
                line.Tokens,
                "tokens",
                line.Nanos,
                unpriced
            ));
    }

    private static void WriteCost(Utf8JsonWriter writer, CostResult cost)
    {
        writer.WriteString("object", "organization.costs.result");
        writer.WriteStartObject("amount");
        // Without a price there is no value; zero would be a guess.
        if (cost.Nanos is { } nanos)
        {
            writer.WriteNumber("value", Nanos.ToDollars(nanos));
        }

        writer.WriteString("currency", Nanos.Currency);
        writer.WriteEndObject();
        writer.WriteString(LineItem, cost.Item);
        writer.WriteString(ProjectId, cost.Project);
        writer.WriteNull(ApiKeyId);
        writer.WriteNumberOrNull("quantity", cost.Quantity);
        writer.WriteString("quantity_unit", cost.Unit);
        if (cost.Unpriced.Count > 0)
        {
            writer.WriteStartObject("sandbox");
            writer.WriteStartArray("unpriced_models");
            foreach (var model in cost.Unpriced)
            {
                writer.WriteStringValue(model);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }
}
