using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Tests.Hosting;

namespace SandboxOperator.Gateway.Tests.Organization;

/// <summary>The usage and costs endpoints: what they take, what they refuse, and how they page.</summary>
public sealed class OrganizationTests
{
    private const long Day = 86_400;

    /// <summary>2027-01-15T00:00:00Z.</summary>
    private const long Start = 1_799_971_200;

    private static readonly (string Kind, string Query, string Param, string Code)[] Refused =
    [
        ("usage/completions", "", "start_time", "missing_required_parameter"),
        ("usage/completions", "start_time=yesterday", "start_time", "invalid_type"),
        ("usage/completions", "start_time=-1", "start_time", "integer_below_min_value"),
        ("usage/completions", "start_time=999999999999999", "start_time", "integer_above_max_value"),
        ("usage/completions", "start_time=5&end_time=5", "end_time", "invalid_value"),
        ("usage/completions", "start_time=5&end_time=soon", "end_time", "invalid_type"),
        ("usage/completions", "start_time=5&bucket_width=1w", "bucket_width", "invalid_value"),
        ("usage/completions", "start_time=5&limit=32", "limit", "integer_above_max_value"),
        ("usage/completions", "start_time=5&limit=0", "limit", "integer_below_min_value"),
        ("usage/completions", "start_time=5&limit=169&bucket_width=1h", "limit", "integer_above_max_value"),
        ("usage/completions", "start_time=5&limit=1441&bucket_width=1m", "limit", "integer_above_max_value"),
        ("usage/completions", "start_time=5&group_by=line_item", "group_by", "invalid_value"),
        ("usage/completions", "start_time=5&group_by[]=model&group_by[]=colour", "group_by", "invalid_value"),
        ("usage/completions", "start_time=5&batch=maybe", "batch", "invalid_type"),
        ("usage/completions", "start_time=5&user_ids=u", "user_ids", "unsupported_value"),
        ("usage/completions", "start_time=5&api_key_ids[]=k", "api_key_ids", "unsupported_value"),
        ("usage/completions", "start_time=5&page=2", "page", "invalid_value"),
        ("usage/completions", "start_time=5&page=page_AAAAAAAAAAU", "page", "invalid_value"),
        ("usage/code_interpreter_sessions", "start_time=5&group_by=model", "group_by", "invalid_value"),
        ("costs", "start_time=5&bucket_width=1h", "bucket_width", "invalid_value"),
        ("costs", "start_time=5&limit=181", "limit", "integer_above_max_value"),
        ("costs", "start_time=5&group_by=model", "group_by", "invalid_value"),
        ("costs", "start_time=5&api_key_ids=k", "api_key_ids", "unsupported_value"),
    ];

    [Fact]
    public async Task Errors_name_the_parameter()
    {
        await using var gateway = await TestGateway.StartAsync();
        foreach (var (kind, query, param, code) in Refused)
        {
            var error = (await gateway.GetAsync($"/v1/organization/{kind}?{query}", 400))["error"]!;
            ((string?)error["param"]).ShouldBe(param, $"{kind}?{query}: {error.ToJsonString()}");
            ((string?)error["code"]).ShouldBe(code, $"{kind}?{query}: {error.ToJsonString()}");
        }
    }

    [Theory]
    [InlineData("usage/code_interpreter_sessions")]
    [InlineData("usage/completions")]
    [InlineData("costs")]
    public async Task Only_admin_keys_see_them(string kind)
    {
        await using var gateway = await TestGateway.StartAsync(
            null,
            null,
            "Keys:0:Key=sk-project-0123456789",
            "Keys:1:Key=sk-admin-0123456789",
            "Keys:1:Role=admin"
        );
        gateway.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            "sk-project-0123456789"
        );
        var error = (await gateway.GetAsync($"/v1/organization/{kind}?start_time=5", 403))["error"]!;
        ((string?)error["code"]).ShouldBe("insufficient_permissions");
        ((string)error["message"]!).ShouldContain("admin");
        gateway.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            "sk-admin-0123456789"
        );
        var page = await gateway.GetAsync($"/v1/organization/{kind}?start_time=5&end_time=6");
        ((string?)page["object"]).ShouldBe("page");
    }

    [Fact]
    public async Task Buckets_are_whole_and_pages_join_without_gap()
    {
        await using var gateway = await SeededAsync();
        // From noon of the first day to noon of the fifth.
        var query = $"start_time={Start + (Day / 2)}&end_time={Start + (Day * 9 / 2)}&limit=2";
        var buckets = new List<JsonNode>();
        string? cursor = null;
        for (var page = 1; ; page++)
        {
            var answer = await gateway.GetAsync(
                $"/v1/organization/usage/code_interpreter_sessions?{query}{(cursor is null ? "" : $"&page={cursor}")}"
            );
            buckets.AddRange(answer["data"]!.AsArray().OfType<JsonNode>());
            cursor = (string?)answer["next_page"];
            ((bool)answer["has_more"]!).ShouldBe(page < 3);
            (cursor is null).ShouldBe(page == 3);
            if (page == 3)
            {
                break;
            }
        }

        buckets
            .Select(bucket => (long)bucket["start_time"]!)
            .ShouldBe(Enumerable.Range(0, 5).Select(i => Start + (i * Day)));
        buckets.ShouldAllBe(bucket => (long)bucket["end_time"]! == (long)bucket["start_time"]! + Day);
        buckets
            .Select(bucket => bucket["results"]!.AsArray().Sum(result => (long)result!["num_sessions"]!))
            .ShouldBe([2L, 0L, 1L, 0L, 0L]);
        buckets[1]!["results"]!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("1m", 1439, 60)]
    [InlineData("1h", 23, 3600)]
    [InlineData("1d", 0, 86_400)]
    public async Task Buckets_have_the_width_that_was_asked_for(string width, int index, int seconds)
    {
        await using var gateway = await SeededAsync();
        var answer = await gateway.GetAsync(
            $"/v1/organization/usage/completions?start_time={Start}&end_time={Start + Day}&bucket_width={width}"
                + $"&limit={(width == "1m" ? 1440 : 24)}"
        );
        var buckets = answer["data"]!.AsArray();
        buckets.Count.ShouldBe((int)(Day / seconds));
        // The only turn of the day was in its last minute.
        for (var i = 0; i < buckets.Count; i++)
        {
            buckets[i]!["results"]!.AsArray().Count.ShouldBe(i == index ? 1 : 0);
        }
    }

    [Fact]
    public async Task Groups_and_filters_tell_projects_and_models_apart()
    {
        await using var gateway = await SeededAsync();
        var range = $"start_time={Start}&end_time={Start + (3 * Day)}";

        (await ResultsAsync("usage/code_interpreter_sessions", "group_by=project_id"))
            .Select(result => ((string?)result["project_id"], (long)result["num_sessions"]!))
            .ShouldBe([("alpha", 1L), ("beta", 1L), ("beta", 1L)]);
        (
            await ResultsAsync("usage/code_interpreter_sessions", "project_ids[]=alpha&project_ids[]=gamma")
        ).Count.ShouldBe(1);
        var all = await ResultsAsync("usage/completions", "group_by=model&group_by=batch&group_by=user_id&batch=false");
        all.Select(result => ((string?)result["model"], (bool?)result["batch"], (string?)result["user_id"]))
            .ShouldBe([("m", false, null)]);
        (await ResultsAsync("usage/completions", "batch=true")).ShouldBeEmpty();
        (await ResultsAsync("usage/completions", "models=n")).ShouldBeEmpty();
        (await ResultsAsync("costs", "group_by=project_id"))
            .Select(result => ((string?)result["project_id"], (decimal)result["amount"]!["value"]!))
            .ShouldBe([("alpha", 0.030000100m), ("beta", 0.03m), ("beta", 0.03m)]);
        (await ResultsAsync("costs", "project_ids=beta"))
            .Select(result => ((string?)result["project_id"], (string?)result["line_item"]))
            .ShouldBe([(null, null), (null, null)]);

        async Task<List<JsonNode>> ResultsAsync(string kind, string query)
        {
            var page = await gateway.GetAsync($"/v1/organization/{kind}?{range}&{query}");
            return [.. page["data"]!.AsArray().SelectMany(bucket => bucket!["results"]!.AsArray()).OfType<JsonNode>()];
        }
    }

    /// <summary>Two sessions on the first day, of two projects, one on the third; one turn in the first day's last minute.</summary>
    private static async Task<TestGateway> SeededAsync()
    {
        var gateway = await TestGateway.StartAsync();
        await gateway.Store.WriteAsync(
            async (context, token) =>
            {
                context.SessionCharges.AddRange(
                    Charge("alpha", Start),
                    Charge("beta", Start + Day - 1),
                    Charge("beta", Start + (2 * Day))
                );
                context.TokenUses.Add(
                    new TokenUseEntity
                    {
                        Project = "alpha",
                        RunId = "run",
                        Model = "m",
                        AtMs = ((Start + Day) * 1000) - 1,
                        Input = 3,
                        Output = 2,
                        InputNanos = 60,
                        CachedInputNanos = 0,
                        OutputNanos = 40,
                    }
                );
                return await context.SaveChangesAsync(token);
            },
            CancellationToken.None
        );
        return gateway;
    }

    private static SessionChargeEntity Charge(string project, long atSeconds) =>
        new()
        {
            Project = project,
            ThreadId = $"thread_{project}_{atSeconds}",
            Ordinal = 1,
            RunId = "run",
            CallId = "call",
            AtMs = atSeconds * 1000,
            Sessions = 1,
            Nanos = 30_000_000,
        };
}
