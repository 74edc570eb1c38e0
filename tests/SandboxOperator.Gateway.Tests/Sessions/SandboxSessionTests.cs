using System.Net.Http.Headers;
using SandboxOperator.Gateway.Tests.Hosting;
using SandboxOperator.Gateway.Tests.RunLoop;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.Sessions;

public sealed class SandboxSessionTests
{
    private const string Path = "/v1/sandbox/sessions";

    [Fact]
    public async Task A_session_is_listed_found_and_ended()
    {
        await using var fixture = await RunFixture.StartAsync();
        (await fixture.Gateway.GetAsync(Path))["data"]!.AsArray().ShouldBeEmpty();
        var thread = await CallAsync(fixture, "print one");

        var listed = (await fixture.Gateway.GetAsync(Path))["data"]!.AsArray().ShouldHaveSingleItem()!.AsObject();
        ((string?)listed["object"]).ShouldBe("sandbox.session");
        ((string?)listed["state"]).ShouldBe("running");
        ((string?)listed["launch"]).ShouldBe("warm");
        ((string?)listed["thread_id"]).ShouldBe(thread);
        ((string?)listed["project"]).ShouldBe("default");
        listed["isolation"]!.AsArray().ShouldBeEmpty();
        var id = (string)listed["id"]!;
        (await fixture.Gateway.GetAsync($"{Path}/{id}")).ToJsonString().ShouldBe(listed.ToJsonString());

        (await fixture.Gateway.DeleteAsync($"{Path}/{id}"))
            .ToJsonString()
            .ShouldBe($$"""{"id":"{{id}}","object":"sandbox.session.deleted","deleted":true}""");
        await fixture.Gateway.GetAsync($"{Path}/{id}", 404);
        await fixture.Gateway.DeleteAsync($"{Path}/{id}", 404);
    }

    [Fact]
    public async Task Sessions_come_in_pages()
    {
        await using var fixture = await RunFixture.StartAsync();
        for (var index = 0; index < 3; index++)
        {
            await CallAsync(fixture, "print one");
        }

        var first = await fixture.Gateway.GetAsync($"{Path}?limit=2&order=asc");
        first["data"]!.AsArray().Count.ShouldBe(2);
        ((bool?)first["has_more"]).ShouldBe(true);
        var second = await fixture.Gateway.GetAsync($"{Path}?limit=2&order=asc&after={first["last_id"]}");
        var last = (string)second["data"]!.AsArray().ShouldHaveSingleItem()!["id"]!;
        ((bool?)second["has_more"]).ShouldBe(false);
        var newest = await fixture.Gateway.GetAsync($"{Path}?limit=1");
        ((string?)newest["first_id"]).ShouldBe(last);
        var back = await fixture.Gateway.GetAsync($"{Path}?order=asc&before={last}");
        back["data"]!.ToJsonString().ShouldBe(first["data"]!.ToJsonString());
        await fixture.Gateway.GetAsync($"{Path}?after=nobody", 400);
    }

    [Fact]
    public async Task A_project_key_sees_its_own_and_an_admin_key_all()
    {
        await using var fixture = await RunFixture.StartAsync(
            time: null,
            "Keys:0:Key=one",
            "Keys:0:Project=p1",
            "Keys:1:Key=two",
            "Keys:1:Project=p2",
            "Keys:2:Key=boss",
            "Keys:2:Role=admin"
        );
        As(fixture.Gateway, "one");
        await CallAsync(fixture, "print one");
        var id = (string)(await fixture.Gateway.GetAsync(Path))["data"]![0]!["id"]!;

        As(fixture.Gateway, "two");
        (await fixture.Gateway.GetAsync(Path))["data"]!.AsArray().ShouldBeEmpty();
        await fixture.Gateway.GetAsync($"{Path}/{id}", 404);
        await fixture.Gateway.DeleteAsync($"{Path}/{id}", 404);

        As(fixture.Gateway, "boss");
        ((string?)(await fixture.Gateway.GetAsync($"{Path}/{id}"))["project"]).ShouldBe("p1");
        await fixture.Gateway.DeleteAsync($"{Path}/{id}");
    }

    [Fact]
    public async Task When_the_session_is_ended_during_a_call_the_model_is_told_and_the_thread_goes_on_in_a_new_one()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(
            ScriptedTurn.Python("hang"),
            ScriptedTurn.Python("print again"),
            ScriptedTurn.Say("Done.")
        );
        var thread = await fixture.ThreadAsync();
        var run = await fixture.RunAsync(thread, await fixture.AssistantAsync());
        await Wait.UntilAsync(() => fixture.Sandboxes.All.Count == 1);
        var sandbox = fixture.Sandboxes.Single;
        await sandbox.Hanging.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await fixture.Gateway.DeleteAsync($"{Path}/{sandbox.Info.Key.Name}");

        var ended = await fixture.EndAsync(thread, (string)run["id"]!);
        ((string?)ended["status"]).ShouldBe("completed", ended.ToJsonString());
        var told = fixture.Upstream.ChatRequests[^1].ToJsonString();
        told.ShouldContain("The sandbox was lost");
        fixture.Sandboxes.Single.Info.Key.Ordinal.ShouldBe(2);
        fixture.Sandboxes.Single.Executed.ShouldBe(["print again"]);
    }

    [Fact]
    public async Task A_thread_uses_the_session_that_it_names()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Sandboxes.ByHand = new(StringComparer.Ordinal) { ["mine"] = "default" };
        var thread = await fixture.Gateway.PostAsync(
            "/v1/threads",
            """{"metadata":{"sandbox_session":"mine"},"messages":[{"role":"user","content":"hello"}]}"""
        );
        ((string?)thread["metadata"]!["sandbox_session"]).ShouldBe("mine");
        var id = (string)thread["id"]!;

        // The binding does not follow the metadata, and outlives the gateway.
        await fixture.Gateway.PostAsync($"/v1/threads/{id}", """{"metadata":{}}""");
        await fixture.Gateway.DisposeAsync();
        await fixture.StartGatewayAsync();
        await CallAsync(fixture, "print one", id);
        ((string?)(await fixture.Gateway.GetAsync($"{Path}/mine"))["thread_id"]).ShouldBe(id);

        // When it has ended, the thread goes on in a session of its own.
        await fixture.Gateway.DeleteAsync($"{Path}/mine");
        await CallAsync(fixture, "print two", id);
        fixture.Sandboxes.Single.Info.Key.Given.ShouldBeNull();
        fixture.Sandboxes.Single.Info.Key.Ordinal.ShouldBe(2);
    }

    [Theory]
    [InlineData("/v1/threads", """{"metadata":{"sandbox_session":"NAME"}}""")]
    [InlineData(
        "/v1/threads/runs",
        """{"assistant_id":"ASSISTANT","thread":{"metadata":{"sandbox_session":"NAME"},"messages":[{"role":"user","content":"x"}]}}"""
    )]
    public async Task A_session_that_is_not_free_leaves_no_thread_behind(string path, string body)
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Sandboxes.ByHand = new(StringComparer.Ordinal) { ["theirs"] = "another" };
        var json = body.Replace("ASSISTANT", await fixture.AssistantAsync(), StringComparison.Ordinal);
        var before = await CountAsync(fixture);

        var theirs = await fixture.Gateway.PostAsync(
            path,
            json.Replace("NAME", "theirs", StringComparison.Ordinal),
            404
        );
        ((string?)theirs["error"]!["message"]).ShouldBe("No sandbox session found with id 'theirs'.");
        fixture.Sandboxes.ByHand = null;
        await fixture.Gateway.RefusedAsync(
            path,
            json.Replace("NAME", "mine", StringComparison.Ordinal),
            "metadata.sandbox_session",
            "invalid_value"
        );

        (await CountAsync(fixture)).ShouldBe(before);
        fixture.Sandboxes.Slots.ShouldBe(0);
    }

    private static Task<int> CountAsync(RunFixture fixture) =>
        fixture.Gateway.Store.ReadAsync(
            (context, _) => Task.FromResult(context.Threads.Count() + context.Runs.Count()),
            CancellationToken.None
        );

    private static async Task<string> CallAsync(RunFixture fixture, string code, string? thread = null)
    {
        fixture.Upstream.Enqueue(ScriptedTurn.Python(code), ScriptedTurn.Say("Done."));
        thread ??= await fixture.ThreadAsync();
        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());
        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        return thread;
    }

    private static void As(TestGateway gateway, string key) =>
        gateway.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
}
