using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Tests.Hosting;

namespace SandboxOperator.Gateway.Tests.Runs;

/// <summary>What the two ways to make a run refuse.</summary>
public sealed class RunValidationTests(ValidationFixture fixture) : IClassFixture<ValidationFixture>
{
    private const string Function = """{"type":"function","function":{"name":"f"}}""";

    /// <summary>Parameters that both ways have: the JSON, and the parameter and code of the error.</summary>
    public static readonly TheoryData<string, string, string> Shared = new()
    {
        { """ "foo":1 """, "foo", "unknown_parameter" },
        { """ "model":1 """, "model", "invalid_type" },
        { """ "model":"" """, "model", "empty_string" },
        { $""" "model":"{new string('m', 257)}" """, "model", "string_above_max_length" },
        { """ "instructions":5 """, "instructions", "invalid_type" },
        { $""" "instructions":"{new string('i', 256_001)}" """, "instructions", "string_above_max_length" },
        { """ "metadata":[] """, "metadata", "invalid_type" },
        { """ "metadata":{"a":1} """, "metadata.a", "invalid_type" },
        { $$""" "metadata":{"{{new string('k', 65)}}":"v"} """, "metadata", "string_above_max_length" },
        { $$""" "metadata":{"k":"{{new string('v', 513)}}"} """, "metadata.k", "string_above_max_length" },
        {
            $$""" "metadata":{{{string.Join(',', Enumerable.Range(0, 17).Select(n => $"\"k{n}\":\"v\""))}}} """,
            "metadata",
            "object_above_max_properties"
        },
        { """ "temperature":-0.1 """, "temperature", "decimal_below_min_value" },
        { """ "temperature":2.1 """, "temperature", "decimal_above_max_value" },
        { """ "temperature":"hot" """, "temperature", "invalid_type" },
        { """ "temperature":true """, "temperature", "invalid_type" },
        { """ "top_p":1.1 """, "top_p", "decimal_above_max_value" },
        { """ "top_p":-1 """, "top_p", "decimal_below_min_value" },
        { """ "top_p":[] """, "top_p", "invalid_type" },
        { """ "stream":"true" """, "stream", "invalid_type" },
        { """ "stream":1 """, "stream", "invalid_type" },
        { """ "parallel_tool_calls":"yes" """, "parallel_tool_calls", "invalid_type" },
        { """ "max_prompt_tokens":255 """, "max_prompt_tokens", "integer_below_min_value" },
        { """ "max_prompt_tokens":256.5 """, "max_prompt_tokens", "invalid_type" },
        { """ "max_prompt_tokens":"1000" """, "max_prompt_tokens", "invalid_type" },
        { """ "max_prompt_tokens":1e12 """, "max_prompt_tokens", "integer_above_max_value" },
        { """ "max_completion_tokens":255 """, "max_completion_tokens", "integer_below_min_value" },
        { """ "max_completion_tokens":-1 """, "max_completion_tokens", "integer_below_min_value" },
        { """ "max_completion_tokens":{} """, "max_completion_tokens", "invalid_type" },
        { """ "reasoning_effort":"huge" """, "reasoning_effort", "invalid_value" },
        { """ "reasoning_effort":3 """, "reasoning_effort", "invalid_type" },
        { """ "truncation_strategy":"auto" """, "truncation_strategy", "invalid_type" },
        { """ "truncation_strategy":{} """, "truncation_strategy.type", "missing_required_parameter" },
        { """ "truncation_strategy":{"type":"first"} """, "truncation_strategy.type", "invalid_value" },
        {
            """ "truncation_strategy":{"type":"last_messages"} """,
            "truncation_strategy.last_messages",
            "missing_required_parameter"
        },
        {
            """ "truncation_strategy":{"type":"last_messages","last_messages":0} """,
            "truncation_strategy.last_messages",
            "integer_below_min_value"
        },
        {
            """ "truncation_strategy":{"type":"last_messages","last_messages":"5"} """,
            "truncation_strategy.last_messages",
            "invalid_type"
        },
        { """ "truncation_strategy":{"type":"auto","n":1} """, "truncation_strategy.n", "unknown_parameter" },
        { """ "tool_choice":"always" """, "tool_choice", "invalid_value" },
        { """ "tool_choice":7 """, "tool_choice", "invalid_type" },
        { """ "tool_choice":{} """, "tool_choice.type", "missing_required_parameter" },
        { """ "tool_choice":{"type":"bash"} """, "tool_choice.type", "invalid_value" },
        { """ "tool_choice":{"type":"file_search"} """, "tool_choice.type", "unsupported_value" },
        { """ "tool_choice":{"type":"function"} """, "tool_choice.function", "missing_required_parameter" },
        {
            """ "tool_choice":{"type":"function","function":{}} """,
            "tool_choice.function.name",
            "missing_required_parameter"
        },
        { $""" "tool_choice":{Function} """, "tool_choice", "invalid_value" },
        { """ "tool_choice":{"type":"code_interpreter","n":1} """, "tool_choice.n", "unknown_parameter" },
        { """ "tool_choice":{"type":"code_interpreter"},"tools":[] """, "tool_choice", "invalid_value" },
        { """ "response_format":"json" """, "response_format", "invalid_value" },
        { """ "response_format":1 """, "response_format", "invalid_type" },
        { """ "response_format":{} """, "response_format.type", "missing_required_parameter" },
        { """ "response_format":{"type":"xml"} """, "response_format.type", "invalid_value" },
        { """ "response_format":{"type":"text","x":1} """, "response_format.x", "unknown_parameter" },
        {
            """ "response_format":{"type":"json_schema"} """,
            "response_format.json_schema",
            "missing_required_parameter"
        },
        {
            """ "response_format":{"type":"json_schema","json_schema":{"name":"a b"}} """,
            "response_format.json_schema.name",
            "invalid_value"
        },
        {
            """ "response_format":{"type":"json_schema","json_schema":{"name":"a","schema":[]}} """,
            "response_format.json_schema.schema",
            "invalid_type"
        },
        { """ "tools":{} """, "tools", "invalid_type" },
        { """ "tools":[1] """, "tools[0]", "invalid_type" },
        { """ "tools":[{}] """, "tools[0].type", "missing_required_parameter" },
        { """ "tools":[{"type":"bash"}] """, "tools[0].type", "invalid_value" },
        { """ "tools":[{"type":"file_search"}] """, "tools[0].type", "unsupported_value" },
        { """ "tools":[{"type":"code_interpreter","x":1}] """, "tools[0].x", "unknown_parameter" },
        { """ "tools":[{"type":"function"}] """, "tools[0].function", "missing_required_parameter" },
        {
            """ "tools":[{"type":"function","function":{"name":"python"}}] """,
            "tools[0].function.name",
            "invalid_value"
        },
        { $""" "tools":[{Function},{Function}] """, "tools[1].function.name", "invalid_value" },
        { $""" "tools":[{Repeat("""{"type":"code_interpreter"}""", 21)}] """, "tools", "array_above_max_length" },
    };

    private TestGateway Gateway => fixture.Fixture.Gateway;

    [Theory]
    [MemberData(nameof(Shared))]
    public async Task Parameters_are_checked_on_a_thread_and_with_a_new_one(string json, string param, string code)
    {
        foreach (var path in new[] { $"/v1/threads/{fixture.Thread}/runs", "/v1/threads/runs" })
        {
            await Gateway.RefusedAsync(path, Body(json), param, code);
        }
        await NothingWasMadeAsync();
    }

    [Theory]
    [InlineData(""" "additional_instructions":1 """, "additional_instructions", "invalid_type")]
    [InlineData(""" "thread":{} """, "thread", "unknown_parameter")]
    [InlineData(""" "tool_resources":{} """, "tool_resources", "unknown_parameter")]
    [InlineData(""" "additional_messages":{} """, "additional_messages", "invalid_type")]
    [InlineData(""" "additional_messages":["x"] """, "additional_messages[0]", "invalid_type")]
    [InlineData(
        """ "additional_messages":[{"content":"x"}] """,
        "additional_messages[0].role",
        "missing_required_parameter"
    )]
    [InlineData(
        """ "additional_messages":[{"role":"system","content":"x"}] """,
        "additional_messages[0].role",
        "invalid_value"
    )]
    [InlineData(
        """ "additional_messages":[{"role":"user","content":"x"},{"role":"user"}] """,
        "additional_messages[1].content",
        "missing_required_parameter"
    )]
    [InlineData(
        """ "additional_messages":[{"role":"user","content":""}] """,
        "additional_messages[0].content",
        "empty_string"
    )]
    [InlineData(
        """ "additional_messages":[{"role":"user","content":[{"type":"audio"}]}] """,
        "additional_messages[0].content[0].type",
        "invalid_value"
    )]
    [InlineData(
        """ "additional_messages":[{"role":"user","content":"x","foo":1}] """,
        "additional_messages[0].foo",
        "unknown_parameter"
    )]
    [InlineData(
        """ "additional_messages":[{"role":"user","content":"x","metadata":{"a":1}}] """,
        "additional_messages[0].metadata.a",
        "invalid_type"
    )]
    [InlineData(
        """ "additional_messages":[{"role":"user","content":"x","attachments":[{"file_id":"file-none"}]}] """,
        "additional_messages[0].attachments[0].file_id",
        "file_not_found"
    )]
    [InlineData(
        """ "additional_messages":[{"role":"user","content":"x","attachments":[{"file_id":"file-none","tools":[{"type":"file_search"}]}]}] """,
        "additional_messages[0].attachments[0].tools[0].type",
        "unsupported_value"
    )]
    [InlineData(
        """ "additional_messages":[{"role":"user","content":[{"type":"image_file","image_file":{"file_id":"file-none"}}]}] """,
        "additional_messages[0].content[0].image_file.file_id",
        "file_not_found"
    )]
    public async Task Parameters_of_a_run_on_a_thread_are_checked(string json, string param, string code)
    {
        await Gateway.RefusedAsync($"/v1/threads/{fixture.Thread}/runs", Body(json), param, code);
        await NothingWasMadeAsync();
    }

    [Theory]
    [InlineData(""" "additional_instructions":"x" """, "additional_instructions", "unknown_parameter")]
    [InlineData(""" "additional_messages":[] """, "additional_messages", "unknown_parameter")]
    [InlineData(""" "thread":"thread_1" """, "thread", "invalid_type")]
    [InlineData(""" "thread":{"foo":1} """, "thread.foo", "unknown_parameter")]
    [InlineData(""" "thread":{"metadata":{"a":1}} """, "thread.metadata.a", "invalid_type")]
    [InlineData(
        """ "thread":{"messages":[{"role":"tool","content":"x"}]} """,
        "thread.messages[0].role",
        "invalid_value"
    )]
    [InlineData(
        """ "thread":{"messages":[{"role":"user","content":"x","attachments":[{"file_id":"file-none"}]}]} """,
        "thread.messages[0].attachments[0].file_id",
        "file_not_found"
    )]
    [InlineData(
        """ "thread":{"tool_resources":{"code_interpreter":{"file_ids":["file-none"]}}} """,
        "thread.tool_resources.code_interpreter.file_ids",
        "file_not_found"
    )]
    [InlineData(
        """ "tool_resources":{"code_interpreter":{"file_ids":["file-none"]}} """,
        "tool_resources.code_interpreter.file_ids",
        "file_not_found"
    )]
    [InlineData(
        """ "tool_resources":{"code_interpreter":{"file_ids":"file-1"}} """,
        "tool_resources.code_interpreter.file_ids",
        "invalid_type"
    )]
    [InlineData(
        """ "tool_resources":{"file_search":{"vector_store_ids":["vs_1"]}} """,
        "tool_resources.file_search",
        "unsupported_value"
    )]
    public Task Parameters_of_a_run_with_a_new_thread_are_checked(string json, string param, string code) =>
        Gateway.RefusedAsync("/v1/threads/runs", Body(json), param, code);

    [Theory]
    [InlineData("""{"assistant_id":""", null, "invalid_json")]
    [InlineData("not JSON", null, "invalid_json")]
    [InlineData("[]", null, "invalid_type")]
    [InlineData("\"asst_1\"", null, "invalid_type")]
    [InlineData("", "assistant_id", "missing_required_parameter")]
    [InlineData("{}", "assistant_id", "missing_required_parameter")]
    [InlineData("""{"assistant_id":null}""", "assistant_id", "missing_required_parameter")]
    [InlineData("""{"assistant_id":""}""", "assistant_id", "empty_string")]
    [InlineData("""{"assistant_id":{"id":1}}""", "assistant_id", "invalid_type")]
    public async Task Bodies_need_an_object_with_an_assistant(string json, string? param, string code)
    {
        foreach (var path in new[] { $"/v1/threads/{fixture.Thread}/runs", "/v1/threads/runs" })
        {
            await Gateway.RefusedAsync(path, json, param, code);
        }
    }

    [Fact]
    public async Task Lists_of_messages_have_an_end()
    {
        var messages = Repeat("""{"role":"user","content":"x"}""", 10_001);
        await Gateway.RefusedAsync(
            $"/v1/threads/{fixture.Thread}/runs",
            Body($""" "additional_messages":[{messages}] """),
            "additional_messages",
            "array_above_max_length"
        );
        await Gateway.RefusedAsync(
            "/v1/threads/runs",
            Body($$""" "thread":{"messages":[{{messages}}]} """),
            "thread.messages",
            "array_above_max_length"
        );
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_refused_with_the_setting_that_brings_it()
    {
        await using var gateway = await TestGateway.StartAsync(
            settings: [$"Upstream:BaseUrl={fixture.Fixture.Upstream.BaseUrl}", "Upstream:Models:gpt-4o=scripted-model"]
        );
        // The upstream has said which models it has.
        await gateway.GetAsync("/v1/models");
        var assistant = (await gateway.PostAsync("/v1/assistants", """{"model":"gpt-4o"}"""))["id"];

        var error = await gateway.RefusedAsync(
            "/v1/threads/runs",
            $$"""{"assistant_id":"{{assistant}}","model":"gpt-9"}""",
            "model",
            "model_not_found"
        );

        ((string)error["message"]!).ShouldContain("Upstream:Models:gpt-9");
    }

    [Fact]
    public async Task Objects_that_are_not_there_are_404()
    {
        foreach (var path in new[] { $"/v1/threads/{fixture.Thread}/runs", "/v1/threads/runs" })
        {
            var error = await Gateway.RefusedAsync(path, """{"assistant_id":"asst_none"}""", null, null, 404);
            ((string?)error["message"]).ShouldBe("No assistant found with id 'asst_none'.");
        }
        var threadless = await Gateway.RefusedAsync(
            "/v1/threads/thread_none/runs",
            Body("\"model\":\"m\""),
            null,
            null,
            404
        );
        ((string?)threadless["message"]).ShouldBe("No thread found with id 'thread_none'.");
    }

    [Fact]
    public async Task Null_counts_as_not_given_and_include_is_taken()
    {
        var thread = await fixture.Fixture.ThreadAsync();
        var run = await Gateway.PostAsync(
            $"/v1/threads/{thread}/runs?include%5B%5D=step_details.tool_calls%5B*%5D.file_search.results%5B*%5D.content",
            Body(
                """
                "model":null,"instructions":null,"additional_instructions":null,"additional_messages":null,"tools":null,
                "metadata":null,"temperature":null,"top_p":null,"stream":null,"max_prompt_tokens":null,
                "max_completion_tokens":null,"truncation_strategy":null,"tool_choice":null,"parallel_tool_calls":null,
                "response_format":null,"reasoning_effort":null
                """
            )
        );

        ((string?)run["status"]).ShouldBe("queued");
        ((string?)run["model"]).ShouldBe("gpt-4o");
        run["tools"]!.ToJsonString().ShouldBe("""[{"type":"code_interpreter"}]""");
        run["metadata"]!.ToJsonString().ShouldBe("{}");
        ((double?)run["temperature"], (double?)run["top_p"]).ShouldBe((1, 1));
        ((string?)run["tool_choice"], (string?)run["response_format"]).ShouldBe(("auto", "auto"));
        run["truncation_strategy"]!.ToJsonString().ShouldBe("""{"type":"auto","last_messages":null}""");
        ((bool?)run["parallel_tool_calls"]).ShouldBe(true);
        ((string?)(await fixture.Fixture.EndAsync(thread, (string)run["id"]!))["status"]).ShouldBe("completed");
    }

    [Fact]
    public async Task What_a_run_sets_goes_before_what_its_assistant_says()
    {
        var assistant = await fixture.Fixture.AssistantAsync(
            extra: ""","instructions":"theirs","temperature":0.1,"top_p":0.2,"response_format":{"type":"text"}"""
        );
        var run = await Gateway.PostAsync(
            "/v1/threads/runs",
            $$"""
            {"assistant_id":"{{assistant}}","thread":{"messages":[{"role":"user","content":"hi"}]},"model":"other",
             "instructions":"mine","tools":[{{Function}}],"metadata":{"k":"v"},"temperature":0,"top_p":1,
             "max_prompt_tokens":100000,"max_completion_tokens":256,"reasoning_effort":"low",
             "truncation_strategy":{"type":"last_messages","last_messages":3},"tool_choice":{{Function}},
             "parallel_tool_calls":false,"response_format":{"type":"json_object"} }
            """
        );

        ((string?)run["model"], (string?)run["instructions"]).ShouldBe(("other", "mine"));
        ((double?)run["temperature"], (double?)run["top_p"]).ShouldBe((0, 1));
        ((int?)run["max_prompt_tokens"], (int?)run["max_completion_tokens"]).ShouldBe((100_000, 256));
        run["tools"]!.AsArray().ShouldHaveSingleItem()!["function"]!["name"]!.ToString().ShouldBe("f");
        run["metadata"]!.ToJsonString().ShouldBe("""{"k":"v"}""");
        run["truncation_strategy"]!.ToJsonString().ShouldBe("""{"type":"last_messages","last_messages":3}""");
        JsonNode.DeepEquals(run["tool_choice"], JsonNode.Parse(Function)).ShouldBeTrue();
        ((bool?)run["parallel_tool_calls"]).ShouldBe(false);
        run["response_format"]!.ToJsonString().ShouldBe("""{"type":"json_object"}""");
        ((string?)run["reasoning_effort"]).ShouldBe("low");
    }

    private static string Repeat(string json, int count) => string.Join(',', Enumerable.Repeat(json, count));

    private string Body(string json) => $$"""{"assistant_id":"{{fixture.Assistant}}",{{json}}}""";

    private async Task NothingWasMadeAsync()
    {
        (await Gateway.GetAsync($"/v1/threads/{fixture.Thread}/runs"))["data"]!.AsArray().ShouldBeEmpty();
        (await fixture.Fixture.MessagesAsync(fixture.Thread)).Count.ShouldBe(1);
        fixture.Fixture.Sandboxes.Slots.ShouldBe(0);
    }
}
