using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Tests.Hosting;

namespace SandboxOperator.Gateway.Tests.Assistants;

public sealed class AssistantTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Path = "/v1/assistants";

    private TestGateway Gateway => fixture.Gateway;

    [Fact]
    public async Task A_new_assistant_has_every_field_of_the_api()
    {
        var assistant = await Gateway.PostAsync(
            Path,
            """{"model":"gpt-4o","name":"数学","instructions":"Compute & <plot>","tools":[{"type":"code_interpreter"},{"type":"function","function":{"name":"f"}}],"metadata":{"a":"b"},"temperature":0.5}"""
        );

        var id = (string)assistant["id"]!;
        id.ShouldMatch("^asst_[0-9A-Za-z]{24}$");
        assistant["created_at"] = 0;
        JsonNode
            .DeepEquals(
                assistant,
                JsonNode.Parse(
                    $$$$"""
                    {"id":"{{{{id}}}}","object":"assistant","created_at":0,"name":"数学","description":null,"model":"gpt-4o",
                    "instructions":"Compute & <plot>","tools":[{"type":"code_interpreter"},{"type":"function","function":{"name":"f",
                    "parameters":{"type":"object","properties":{}},"strict":false}}],"top_p":1,"temperature":0.5,"reasoning_effort":null,
                    "tool_resources":{"code_interpreter":{"file_ids":[]}},"metadata":{"a":"b"},"response_format":"auto"}
                    """
                )
            )
            .ShouldBeTrue(assistant.ToJsonString());
        (await Gateway.GetAsync($"{Path}/{id}"))["name"]!.ToString().ShouldBe("数学");
    }

    [Fact]
    public async Task An_update_keeps_what_is_absent_clears_what_is_null_and_replaces_lists_and_maps()
    {
        var file = await Gateway.UploadAsync("a.csv", "a,b");
        var created = await Gateway.PostAsync(
            Path,
            $$$"""{"model":"m","name":"n","description":"d","temperature":0.1,"tools":[{"type":"code_interpreter"}],"tool_resources":{"code_interpreter":{"file_ids":["{{{file}}}","{{{file}}}"]}},"metadata":{"a":"1","b":"2"}}"""
        );
        created["tool_resources"]!.ToJsonString().ShouldBe($$$"""{"code_interpreter":{"file_ids":["{{{file}}}"]}}""");

        var path = $"{Path}/{created["id"]}";
        var changed = await Gateway.PostAsync(path, """{"name":null,"metadata":{"c":"3"},"tools":[]}""");

        changed["name"].ShouldBeNull();
        ((string?)changed["description"]).ShouldBe("d");
        ((double?)changed["temperature"]).ShouldBe(0.1);
        changed["metadata"]!.ToJsonString().ShouldBe("""{"c":"3"}""");
        changed["tools"]!.AsArray().ShouldBeEmpty();
        changed["tool_resources"]!.ToJsonString().ShouldContain(file);
        ((string?)(await Gateway.PostAsync(path, """{"model":"other"}"""))["model"]).ShouldBe("other");
    }

    [Fact]
    public async Task A_deleted_assistant_is_gone()
    {
        var id = (string)(await Gateway.PostAsync(Path, """{"model":"m"}"""))["id"]!;

        (await Gateway.DeleteAsync($"{Path}/{id}"))
            .ToJsonString()
            .ShouldBe($$"""{"id":"{{id}}","object":"assistant.deleted","deleted":true}""");

        var error = (await Gateway.GetAsync($"{Path}/{id}", 404))["error"]!;
        ((string?)error["message"]).ShouldBe($"No assistant found with id '{id}'.");
        await Gateway.DeleteAsync($"{Path}/{id}", 404);
        await Gateway.PostAsync($"{Path}/{id}", "{}", 404);
    }

    [Theory]
    [InlineData("""{}""", "model", "missing_required_parameter")]
    [InlineData("""{"model":null}""", "model", "missing_required_parameter")]
    [InlineData("""{"model":1}""", "model", "invalid_type")]
    [InlineData("""{"model":""}""", "model", "empty_string")]
    [InlineData("""{"model":"m","foo":1}""", "foo", "unknown_parameter")]
    [InlineData("""{"model":"m","name":["x"]}""", "name", "invalid_type")]
    [InlineData("""{"model":"m","name":"a\u0000b"}""", "name", "invalid_value")]
    [InlineData("""{"model":"m","temperature":2.1}""", "temperature", "decimal_above_max_value")]
    [InlineData("""{"model":"m","temperature":"hot"}""", "temperature", "invalid_type")]
    [InlineData("""{"model":"m","top_p":-0.1}""", "top_p", "decimal_below_min_value")]
    [InlineData("""{"model":"m","reasoning_effort":"huge"}""", "reasoning_effort", "invalid_value")]
    [InlineData("""{"model":"m","tools":{}}""", "tools", "invalid_type")]
    [InlineData("""{"model":"m","tools":["code_interpreter"]}""", "tools[0]", "invalid_type")]
    [InlineData("""{"model":"m","tools":[{}]}""", "tools[0].type", "missing_required_parameter")]
    [InlineData("""{"model":"m","tools":[{"type":"browser"}]}""", "tools[0].type", "invalid_value")]
    [InlineData("""{"model":"m","tools":[{"type":"file_search"}]}""", "tools[0].type", "unsupported_value")]
    [InlineData("""{"model":"m","tools":[{"type":"function"}]}""", "tools[0].function", "missing_required_parameter")]
    [InlineData(
        """{"model":"m","tools":[{"type":"function","function":{"name":"python"}}]}""",
        "tools[0].function.name",
        "invalid_value"
    )]
    [InlineData(
        """{"model":"m","tools":[{"type":"function","function":{"name":"a b"}}]}""",
        "tools[0].function.name",
        "invalid_value"
    )]
    [InlineData(
        """{"model":"m","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"array"}}}]}""",
        "tools[0].function.parameters.type",
        "invalid_value"
    )]
    [InlineData("""{"model":"m","tool_resources":{"bing":{}}}""", "tool_resources.bing", "unknown_parameter")]
    [InlineData(
        """{"model":"m","tool_resources":{"file_search":{"vector_store_ids":["vs_1"]}}}""",
        "tool_resources.file_search",
        "unsupported_value"
    )]
    [InlineData(
        """{"model":"m","tool_resources":{"code_interpreter":{"file_ids":["file-none"]}}}""",
        "tool_resources.code_interpreter.file_ids",
        "file_not_found"
    )]
    [InlineData("""{"model":"m","response_format":"xml"}""", "response_format", "invalid_value")]
    [InlineData(
        """{"model":"m","response_format":{"type":"json_schema"}}""",
        "response_format.json_schema",
        "missing_required_parameter"
    )]
    [InlineData("""{"model":"m","metadata":[]}""", "metadata", "invalid_type")]
    [InlineData("""{"model":"m","metadata":{"a":1}}""", "metadata.a", "invalid_type")]
    public async Task Bad_parameters_are_named(string json, string param, string code) =>
        await Gateway.RefusedAsync(Path, json, param, code);

    [Fact]
    public async Task Too_long_and_too_many_are_refused_and_the_limits_themselves_are_not()
    {
        await Gateway.RefusedAsync(
            Path,
            $$"""{"model":"m","name":"{{new string('x', 257)}}"}""",
            "name",
            "string_above_max_length"
        );
        await Gateway.RefusedAsync(
            Path,
            $$"""{"model":"m","instructions":"{{new string('x', 256_001)}}"}""",
            "instructions",
            "string_above_max_length"
        );
        await Gateway.RefusedAsync(Path, Metadata(17), "metadata", "object_above_max_properties");
        await Gateway.RefusedAsync(Path, Tools(129), "tools", "array_above_max_length");
        await Gateway.RefusedAsync(
            Path,
            Files(21),
            "tool_resources.code_interpreter.file_ids",
            "array_above_max_length"
        );
        await Gateway.RefusedAsync(
            Path,
            $$$"""{"model":"m","metadata":{"{{{new string('k', 65)}}}":"v"}}""",
            "metadata",
            "string_above_max_length"
        );
        await Gateway.RefusedAsync(
            Path,
            $$$"""{"model":"m","metadata":{"k":"{{{new string('v', 513)}}}"}}""",
            "metadata.k",
            "string_above_max_length"
        );

        // A character outside the basic plane counts once.
        await Gateway.PostAsync(Path, $$"""{"model":"m","name":"{{string.Concat(Enumerable.Repeat("🦆", 256))}}"}""");
        await Gateway.PostAsync(Path, Metadata(16));
        await Gateway.PostAsync(Path, Tools(128));
    }

    private static string Metadata(int pairs) =>
        """{"model":"m","metadata":{""" + List(pairs, i => $"\"k{i}\":\"v\"") + "}}";

    private static string Tools(int count) =>
        """{"model":"m","tools":[""" + List(count, _ => """{"type":"code_interpreter"}""") + "]}";

    private static string Files(int count) =>
        """{"model":"m","tool_resources":{"code_interpreter":{"file_ids":[""" + List(count, i => $"\"f{i}\"") + "]}}}";

    private static string List(int count, Func<int, string> item) =>
        string.Join(',', Enumerable.Range(0, count).Select(item));
}
