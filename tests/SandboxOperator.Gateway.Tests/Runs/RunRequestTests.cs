using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Tests.Hosting;
using SandboxOperator.Gateway.Tests.RunLoop;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.Runs;

/// <summary>What else can be asked of runs: outputs, changes, lists.</summary>
public sealed class RunRequestTests(ValidationFixture fixture) : IClassFixture<ValidationFixture>
{
    private TestGateway Gateway => fixture.Fixture.Gateway;

    [Theory]
    [InlineData("{}", "tool_outputs", "missing_required_parameter")]
    [InlineData("""{"tool_outputs":null}""", "tool_outputs", "missing_required_parameter")]
    [InlineData("""{"tool_outputs":{}}""", "tool_outputs", "invalid_type")]
    [InlineData("""{"tool_outputs":[1]}""", "tool_outputs[0]", "invalid_type")]
    [InlineData("""{"tool_outputs":[{}]}""", "tool_outputs[0].tool_call_id", "missing_required_parameter")]
    [InlineData("""{"tool_outputs":[{"tool_call_id":1}]}""", "tool_outputs[0].tool_call_id", "invalid_type")]
    [InlineData("""{"tool_outputs":[{"tool_call_id":"c","output":5}]}""", "tool_outputs[0].output", "invalid_type")]
    [InlineData("""{"tool_outputs":[{"tool_call_id":"c","x":5}]}""", "tool_outputs[0].x", "unknown_parameter")]
    [InlineData("""{"tool_outputs":[],"stream":"yes"}""", "stream", "invalid_type")]
    [InlineData("""{"tool_outputs":[],"foo":1}""", "foo", "unknown_parameter")]
    [InlineData("""{"tool_outputs":[]}""", null, null)]
    [InlineData("""{"tool_outputs":[{"tool_call_id":"call_none","output":""}]}""", null, null)]
    [InlineData("""{"tool_outputs":[{"tool_call_id":"CALL"},{"tool_call_id":"CALL"}]}""", null, null)]
    [InlineData("""{"tool_outputs":[{"tool_call_id":"CALL"},{"tool_call_id":"call_none"}]}""", null, null)]
    [InlineData("[]", null, "invalid_type")]
    [InlineData("{", null, "invalid_json")]
    public async Task Outputs_are_checked(string json, string? param, string? code)
    {
        await Gateway.RefusedAsync(
            fixture.Waiting + "/submit_tool_outputs",
            json.Replace("CALL", fixture.Call, StringComparison.Ordinal),
            param,
            code
        );
        ((string?)(await Gateway.GetAsync(fixture.Waiting))["status"]).ShouldBe("requires_action");
    }

    [Theory]
    [InlineData("""{"metadata":1}""", "metadata", "invalid_type")]
    [InlineData("""{"metadata":{"a":[]}}""", "metadata.a", "invalid_type")]
    [InlineData("""{"status":"completed"}""", "status", "unknown_parameter")]
    [InlineData("[]", null, "invalid_type")]
    public Task Changes_are_checked(string json, string? param, string code) =>
        Gateway.RefusedAsync(fixture.Waiting, json, param, code);

    [Theory]
    [InlineData("limit=0", "limit", "integer_below_min_value")]
    [InlineData("limit=101", "limit", "integer_above_max_value")]
    [InlineData("limit=x", "limit", "invalid_type")]
    [InlineData("order=up", "order", "invalid_value")]
    [InlineData("after=run_none", "after", "invalid_value")]
    [InlineData("before=run_none", "before", "invalid_value")]
    public async Task Lists_are_checked(string query, string param, string code)
    {
        foreach (var path in new[] { $"/v1/threads/{fixture.Thread}/runs", fixture.Waiting + "/steps" })
        {
            var error = (await Gateway.GetAsync($"{path}?{query}", 400))["error"]!;
            ((string?)error["param"], (string?)error["code"]).ShouldBe((param, code));
        }
    }

    [Fact]
    public async Task A_cursor_that_was_deleted_is_refused_with_what_to_do()
    {
        var first = await fixture.Fixture.AssistantAsync();
        await Gateway.DeleteAsync($"/v1/assistants/{first}");

        var error = (await Gateway.GetAsync($"/v1/assistants?after={first}", 400))["error"]!;

        ((string)error["message"]!).ShouldContain("start again without 'after'");
    }

    [Fact]
    public async Task Runs_that_are_not_there_are_404()
    {
        var path = $"/v1/threads/{fixture.Thread}/runs/run_none";
        const string outputs = """{"tool_outputs":[]}""";
        foreach (
            var answer in new[]
            {
                await Gateway.GetAsync(path, 404),
                await Gateway.PostAsync(path, "{}", 404),
                await Gateway.PostAsync(path + "/cancel", null, 404),
                await Gateway.PostAsync(path + "/submit_tool_outputs", outputs, 404),
                await Gateway.GetAsync(path + "/steps", 404),
                await Gateway.GetAsync(path + "/steps/step_none", 404),
            }
        )
        {
            ((string?)answer["error"]!["message"]).ShouldBe("No run found with id 'run_none'.");
        }
        // A run of another thread is not this one's.
        var elsewhere = fixture.Waiting[(fixture.Waiting.LastIndexOf('/') + 1)..];
        await Gateway.GetAsync($"/v1/threads/{fixture.Thread}/runs/{elsewhere}", 404);
        ((string?)(await Gateway.GetAsync(fixture.Waiting + "/steps/step_none", 404))["error"]!["message"]).ShouldBe(
            "No run step found with id 'step_none'."
        );
        ((string?)(await Gateway.GetAsync("/v1/threads/thread_none/runs", 404))["error"]!["message"]).ShouldBe(
            "No thread found with id 'thread_none'."
        );
    }

    [Fact]
    public async Task Runs_are_listed_in_pages_newest_first()
    {
        var thread = await fixture.Fixture.ThreadAsync();
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add((string)(await fixture.Fixture.CompleteAsync(thread, fixture.Assistant))["id"]!);
        }
        var path = $"/v1/threads/{thread}/runs";

        var page = await Gateway.GetAsync(path + "?limit=2");
        Ids(page["data"]!.AsArray()).ShouldBe([ids[2], ids[1]]);
        ((bool?)page["has_more"], (string?)page["first_id"], (string?)page["last_id"]).ShouldBe((true, ids[2], ids[1]));
        page = await Gateway.GetAsync($"{path}?limit=2&after={ids[1]}");
        Ids(page["data"]!.AsArray()).ShouldBe([ids[0]]);
        ((bool?)page["has_more"]).ShouldBe(false);
        Ids((await Gateway.GetAsync(path + "?order=asc"))["data"]!.AsArray()).ShouldBe(ids);
        Ids((await Gateway.GetAsync($"{path}?order=asc&before={ids[2]}&limit=1"))["data"]!.AsArray())
            .ShouldBe([ids[1]]);
    }

    [Fact]
    public async Task Metadata_given_while_a_run_works_stays()
    {
        var shared = fixture.Fixture;
        shared.Upstream.When("^metadata", ScriptedTurn.Python("hang"), ScriptedTurn.Say("Done."));
        var thread = await shared.ThreadAsync("metadata");
        var run = await shared.RunAsync(thread, fixture.Assistant, ""","metadata":{"a":"1"}""");
        var path = $"/v1/threads/{thread}/runs/{run["id"]}";
        await Wait.UntilAsync(() => shared.Sandboxes.All.Any(sandbox => sandbox.Hanging.Task.IsCompleted));

        var changed = await Gateway.PostAsync(path, """{"metadata":{"b":"2"}}""");
        changed["metadata"]!.ToJsonString().ShouldBe("""{"b":"2"}""");
        foreach (var sandbox in shared.Sandboxes.All)
        {
            await sandbox.InterruptAllAsync();
        }

        var ended = await shared.EndAsync(thread, (string)run["id"]!);
        ((string?)ended["status"]).ShouldBe("completed");
        ended["metadata"]!.ToJsonString().ShouldBe("""{"b":"2"}""");
        (await Gateway.PostAsync(path, """{"metadata":null}"""))["metadata"]!.ToJsonString().ShouldBe("{}");
    }

    private static IEnumerable<string?> Ids(JsonArray items) => items.Select(item => (string?)item!["id"]);
}
