using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Tests.Hosting;
using SandboxOperator.Gateway.Tests.Threads;

namespace SandboxOperator.Gateway.Tests.Messages;

public sealed class MessageTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private TestGateway Gateway => fixture.Gateway;

    [Fact]
    public async Task A_message_has_every_field_of_the_api()
    {
        var path = await NewThreadAsync(Gateway);
        var message = await Gateway.PostAsync(path, """{"role":"user","content":"日本 & <b>","metadata":{"k":"v"}}""");

        var id = (string)message["id"]!;
        id.ShouldMatch("^msg_[0-9A-Za-z]{24}$");
        message["completed_at"]!.GetValue<long>().ShouldBe((long)message["created_at"]!);
        message["created_at"] = 0;
        message["completed_at"] = 0;
        JsonNode
            .DeepEquals(
                message,
                JsonNode.Parse(
                    $$$$"""
                    {"id":"{{{{id}}}}","object":"thread.message","created_at":0,"thread_id":"{{{{message[
                        "thread_id"
                    ]}}}}","status":"completed",
                    "incomplete_details":null,"completed_at":0,"incomplete_at":null,"role":"user",
                    "content":[{"type":"text","text":{"value":"日本 & <b>","annotations":[]}}],"assistant_id":null,"run_id":null,"attachments":[],"metadata":{"k":"v"}}
                    """
                )
            )
            .ShouldBeTrue(message.ToJsonString());
        (await Gateway.GetAsync($"{path}/{id}"))["metadata"]!.ToJsonString().ShouldBe("""{"k":"v"}""");
        (await Gateway.PostAsync($"{path}/{id}", """{"metadata":{"n":"1"}}"""))["metadata"]!
            .ToJsonString()
            .ShouldBe("""{"n":"1"}""");
        (await Gateway.DeleteAsync($"{path}/{id}"))
            .ToJsonString()
            .ShouldBe($$"""{"id":"{{id}}","object":"thread.message.deleted","deleted":true}""");
        var error = (await Gateway.GetAsync($"{path}/{id}", 404))["error"]!;
        ((string?)error["message"]).ShouldBe($"No message found with id '{id}'.");
    }

    [Fact]
    public async Task Content_may_have_parts_of_several_kinds()
    {
        var path = await NewThreadAsync(Gateway);
        var file = await Gateway.UploadAsync("a.png", "png", "vision");
        var message = await Gateway.PostAsync(
            path,
            $$$"""{"role":"user","content":[{"type":"text","text":"look"},{"type":"image_file","image_file":{"file_id":"{{{file}}}"}},{"type":"image_url","image_url":{"url":"https://example.com/a.png","detail":"low"}}]}"""
        );
        message["content"]!
            .ToJsonString()
            .ShouldBe(
                $$$"""[{"type":"text","text":{"value":"look","annotations":[]}},{"type":"image_file","image_file":{"file_id":"{{{file}}}","detail":"auto"}},{"type":"image_url","image_url":{"url":"https://example.com/a.png","detail":"low"}}]"""
            );
    }

    [Theory]
    [InlineData("""{"content":"x"}""", "role", "missing_required_parameter")]
    [InlineData("""{"role":"user"}""", "content", "missing_required_parameter")]
    [InlineData("""{"role":"user","content":""}""", "content", "empty_string")]
    [InlineData("""{"role":"user","content":7}""", "content", "invalid_type")]
    [InlineData("""{"role":"user","content":[]}""", "content", "array_below_min_length")]
    [InlineData("""{"role":"user","content":[{"type":"audio"}]}""", "content[0].type", "invalid_value")]
    [InlineData(
        """{"role":"user","content":[{"type":"text","text":{"value":"x"}}]}""",
        "content[0].text",
        "invalid_type"
    )]
    [InlineData(
        """{"role":"user","content":[{"type":"image_file","image_file":{"file_id":"file-x"}}]}""",
        "content[0].image_file.file_id",
        "file_not_found"
    )]
    [InlineData(
        """{"role":"user","content":[{"type":"image_url","image_url":{"url":"file:///etc/passwd"}}]}""",
        "content[0].image_url.url",
        "invalid_value"
    )]
    [InlineData(
        """{"role":"user","content":"x","attachments":[{"tools":[]}]}""",
        "attachments[0].file_id",
        "missing_required_parameter"
    )]
    [InlineData(
        """{"role":"user","content":"x","attachments":[{"file_id":"file-x"}]}""",
        "attachments[0].file_id",
        "file_not_found"
    )]
    [InlineData(
        """{"role":"user","content":"x","attachments":[{"file_id":"f","tools":[{"type":"file_search"}]}]}""",
        "attachments[0].tools[0].type",
        "unsupported_value"
    )]
    public async Task Bad_parameters_are_named(string json, string param, string code) =>
        await Gateway.RefusedAsync(await NewThreadAsync(Gateway), json, param, code);

    [Fact]
    public async Task A_message_that_is_too_long_is_refused_and_the_longest_is_not()
    {
        var path = await NewThreadAsync(Gateway);
        await Gateway.RefusedAsync(path, Long(256_001), "content", "string_above_max_length");
        await Gateway.PostAsync(path, Long(256_000));
    }

    [Fact]
    public async Task A_thread_takes_only_so_many_files()
    {
        var path = await NewThreadAsync(Gateway);
        for (var i = 0; i < 21; i++)
        {
            var file = await Gateway.UploadAsync("a", "a");
            var json =
                $$$"""{"role":"user","content":"x","attachments":[{"file_id":"{{{file}}}","tools":[{"type":"code_interpreter"}]}]}""";
            if (i < 20)
            {
                await Gateway.PostAsync(path, json);
            }
            else
            {
                await Gateway.RefusedAsync(path, json, "attachments", "array_above_max_length");
            }
        }
        (await Gateway.GetAsync($"{path}?limit=100"))["data"]!.AsArray().Count.ShouldBe(20);
    }

    [Theory]
    [InlineData("queued")]
    [InlineData("in_progress")]
    [InlineData("requires_action")]
    [InlineData("cancelling")]
    public async Task An_active_run_locks_its_thread(string status)
    {
        await using var gateway = await TestGateway.StartAsync();
        var path = await NewThreadAsync(gateway);
        var thread = path.Split('/')[3];
        var message = (string)(await gateway.PostAsync(path, """{"role":"user","content":"x"}"""))["id"]!;
        await ThreadTests.AddRunAsync(gateway, thread, status);

        var error = await gateway.RefusedAsync(path, """{"role":"user","content":"x"}""", null, null);
        ((string?)error["message"]).ShouldBe($"Can't add messages to {thread} while a run run_1 is active.");
        await gateway.DeleteAsync($"{path}/{message}", 400);
        await gateway.PostAsync($"{path}/{message}", """{"metadata":{"a":"b"}}""");

        await gateway.Store.WriteAsync(
            (context, token) =>
                context.Runs.ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, "completed"), token),
            CancellationToken.None
        );
        await gateway.DeleteAsync($"{path}/{message}");
    }

    [Fact]
    public async Task Messages_of_one_run_can_be_listed()
    {
        var path = await NewThreadAsync(Gateway);
        await Gateway.PostAsync(path, """{"role":"user","content":"x"}""");
        (await Gateway.GetAsync($"{path}?run_id=run_none"))
            .ToJsonString()
            .ShouldBe("""{"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false}""");
    }

    private static string Long(int length) => $$"""{"role":"user","content":"{{new string('x', length)}}"}""";

    private static async Task<string> NewThreadAsync(TestGateway gateway) =>
        $"/v1/threads/{(await gateway.PostAsync("/v1/threads"))["id"]}/messages";
}
