using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Tests.Hosting;
using SandboxOperator.Gateway.Threads;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Tests.Threads;

public sealed class ThreadTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Path = "/v1/threads";

    private TestGateway Gateway => fixture.Gateway;

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"messages":null,"metadata":null,"tool_resources":null}""")]
    public async Task A_thread_needs_no_body(string? body)
    {
        var thread = await Gateway.PostAsync(Path, body);
        ((string)thread["id"]!).ShouldMatch("^thread_[0-9A-Za-z]{24}$");
        thread.Remove("id");
        thread.Remove("created_at");
        thread.ToJsonString().ShouldBe("""{"object":"thread","metadata":{},"tool_resources":{}}""");
    }

    [Fact]
    public async Task A_thread_starts_with_its_messages_and_their_files()
    {
        var a = await Gateway.UploadAsync("a.csv", "a");
        var b = await Gateway.UploadAsync("b.csv", "b");
        var thread = await Gateway.PostAsync(
            Path,
            $$$"""{"tool_resources":{"code_interpreter":{"file_ids":["{{{a}}}"]}},"messages":[{"role":"user","content":"one"},{"role":"assistant","content":"two","attachments":[{"file_id":"{{{b}}}","tools":[{"type":"code_interpreter"}]},{"file_id":"{{{a}}}","tools":[{"type":"code_interpreter"}]}]}]}"""
        );

        thread["tool_resources"]!
            .ToJsonString()
            .ShouldBe($$$"""{"code_interpreter":{"file_ids":["{{{a}}}","{{{b}}}"]}}""");
        var messages = (await Gateway.GetAsync($"{Path}/{thread["id"]}/messages?order=asc"))["data"]!.AsArray();
        messages.Select(message => (string?)message!["content"]![0]!["text"]!["value"]).ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task An_update_changes_only_what_it_names()
    {
        var thread = await Gateway.PostAsync(Path, """{"metadata":{"a":"1"}}""");
        var path = $"{Path}/{thread["id"]}";
        var file = await Gateway.UploadAsync("a", "a");

        var changed = await Gateway.PostAsync(
            path,
            $$$$"""{"tool_resources":{"code_interpreter":{"file_ids":["{{{{file}}}}"]}}}"""
        );
        changed["metadata"]!.ToJsonString().ShouldBe("""{"a":"1"}""");
        changed["tool_resources"]!.ToJsonString().ShouldContain(file);
        (await Gateway.PostAsync(path, """{"metadata":{}}"""))["metadata"]!.ToJsonString().ShouldBe("{}");
        await Gateway.RefusedAsync(path, """{"messages":[]}""", "messages", "unknown_parameter");
    }

    [Theory]
    [InlineData("""{"messages":{}}""", "messages", "invalid_type")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "messages[0].content", "missing_required_parameter")]
    [InlineData("""{"messages":[{"role":"system","content":"x"}]}""", "messages[0].role", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x","foo":1}]}""", "messages[0].foo", "unknown_parameter")]
    [InlineData(
        """{"tool_resources":{"code_interpreter":{"file_ids":["file-x"]}}}""",
        "tool_resources.code_interpreter.file_ids",
        "file_not_found"
    )]
    public async Task Bad_parameters_are_named(string json, string param, string code) =>
        await Gateway.RefusedAsync(Path, json, param, code);

    [Fact]
    public async Task Deleting_a_thread_deletes_what_belongs_to_it_and_tells_listeners()
    {
        var heard = new Listener();
        await using var gateway = await TestGateway.StartAsync(configure: builder =>
            builder.Services.AddSingleton<IThreadDeleted>(heard)
        );
        var file = await gateway.UploadAsync("a", "a");
        var thread = await gateway.PostAsync(
            Path,
            $$$"""{"messages":[{"role":"user","content":"x","attachments":[{"file_id":"{{{file}}}","tools":[]}]}]}"""
        );
        var id = (string)thread["id"]!;
        await AddRunAsync(gateway, id, "in_progress");

        (await gateway.DeleteAsync($"{Path}/{id}"))
            .ToJsonString()
            .ShouldBe($$"""{"id":"{{id}}","object":"thread.deleted","deleted":true}""");

        await gateway.GetAsync($"{Path}/{id}", 404);
        var error = (await gateway.GetAsync($"{Path}/{id}/messages", 404))["error"]!;
        ((string?)error["message"]).ShouldBe($"No thread found with id '{id}'.");
        await gateway.DeleteAsync($"{Path}/{id}", 404);
        await gateway.GetAsync($"/v1/files/{file}");
        heard.Threads.ShouldBe([new DeletedThread("default", id, new SessionKey("default", id, 1), "run_1")]);
        var left = await gateway.Store.ReadAsync(
            async (context, token) => await context.Messages.CountAsync(token) + await context.Runs.CountAsync(token),
            CancellationToken.None
        );
        left.ShouldBe(0);
    }

    internal static Task AddRunAsync(TestGateway gateway, string threadId, string status) =>
        gateway.Store.WriteAsync(
            async (context, token) =>
            {
                context.Runs.Add(
                    new RunEntity
                    {
                        Id = "run_1",
                        Project = "default",
                        ThreadId = threadId,
                        AssistantId = "asst_1",
                        Model = "m",
                        Status = status,
                        // Another replica works on it, and will for long.
                        LeaseOwner = "other",
                        LeaseExpiresAtMs = long.MaxValue / 2,
                        ExpiresAtMs = long.MaxValue / 2,
                    }
                );
                return await context.SaveChangesAsync(token);
            },
            CancellationToken.None
        );

    private sealed class Listener : IThreadDeleted
    {
        public List<DeletedThread> Threads { get; } = [];

        public Task OnDeletedAsync(DeletedThread thread, CancellationToken cancellationToken)
        {
            Threads.Add(thread);
            return Task.CompletedTask;
        }
    }
}
