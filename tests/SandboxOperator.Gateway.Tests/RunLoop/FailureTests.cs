using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SandboxOperator.Gateway.Blobs;
using SandboxOperator.Gateway.Tests.Hosting;
using SandboxOperator.Sandboxes;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.RunLoop;

public sealed class FailureTests
{
    [Fact]
    public async Task A_cut_stream_fails_the_run_and_leaves_an_incomplete_message()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(
            new ScriptedTurn
            {
                Text = "One two three four.",
                Fault = new ScriptedFault { CutAfter = 4, Times = 0 },
            }
        );
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        ((string?)run["status"]).ShouldBe("failed");
        ((string?)run["last_error"]!["code"]).ShouldBe("server_error");
        run["failed_at"].ShouldNotBeNull();
        var message = (await fixture.MessagesAsync(thread))[^1];
        ((string?)message["incomplete_details"]!["reason"]).ShouldBe("run_failed");
        ((string?)(await fixture.StepsAsync(thread, (string)run["id"]!))[0]["status"]).ShouldBe("failed");
    }

    [Fact]
    public async Task A_linked_file_that_is_too_large_stays_text()
    {
        await using var fixture = await RunFixture.StartAsync(time: null, "Files:MaxBytes=2");
        fixture.Upstream.Enqueue(
            ScriptedTurn.Python("write out.csv a,b"),
            ScriptedTurn.Say("See [out](sandbox:/mnt/data/out.csv).")
        );
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        var text = (await fixture.MessagesAsync(thread))[^1]["content"]![0]!["text"]!;
        ((string?)text["value"]).ShouldBe("See [out](sandbox:/mnt/data/out.csv).");
        text["annotations"]!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Files:MaxBytes=60", "A file may have at most 60 bytes (Files:MaxBytes).")]
    [InlineData("Files:RunBytes=60", "The files of this run would have more than 60 bytes (Files:RunBytes).")]
    [InlineData("Files:ProjectBytes=60", "at most 60 are allowed.")]
    public async Task A_picture_that_is_too_large_becomes_a_note(string setting, string note)
    {
        await using var fixture = await RunFixture.StartAsync(time: null, setting);
        fixture.Upstream.Enqueue(ScriptedTurn.Python("show\nprint on"), ScriptedTurn.Say("Done."));
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        var call = (await fixture.StepsAsync(thread, (string)run["id"]!))[0]["step_details"]!["tool_calls"]![0]!;
        var logs = (string)call["code_interpreter"]!["outputs"]!.AsArray().ShouldHaveSingleItem()!["logs"]!;
        logs.ShouldContain("A picture of 70 bytes was displayed, but not kept: ");
        logs.ShouldContain(note);
        logs.ShouldEndWith("on\n");
        fixture.Upstream.ChatRequests[1]["messages"]!.AsArray()[^1]!["content"]!.ToString().ShouldContain(note);
    }

    [Fact]
    public async Task Links_beyond_the_bytes_of_a_run_stay_text()
    {
        await using var fixture = await RunFixture.StartAsync(time: null, "Files:RunBytes=5");
        fixture.Upstream.Enqueue(
            ScriptedTurn.Python("write a.csv a,b\nwrite b.csv c,d\nwrite c.csv e"),
            ScriptedTurn.Say("sandbox:/mnt/data/a.csv sandbox:/mnt/data/b.csv sandbox:/mnt/data/c.csv")
        );
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        var text = (await fixture.MessagesAsync(thread))[^1]["content"]![0]!["text"]!;
        text["annotations"]!
            .AsArray()
            .Select(one => (string?)one!["text"])
            .ShouldBe(["sandbox:/mnt/data/a.csv", "sandbox:/mnt/data/c.csv"]);
    }

    [Fact]
    public async Task On_a_full_disk_pictures_and_links_stay_away_and_the_run_goes_on()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(
            ScriptedTurn.Python("show\nwrite out.csv a,b"),
            ScriptedTurn.Say("See sandbox:/mnt/data/out.csv.")
        );
        await fixture.Gateway.DisposeAsync();
        await fixture.StartGatewayAsync(builder =>
            builder.Services.AddSingleton<FreeSpace>(new ScriptedFreeSpace { Free = 100 })
        );
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        var message = (await fixture.MessagesAsync(thread))[^1]["content"]!.AsArray().ShouldHaveSingleItem()!;
        message["text"]!["annotations"]!.AsArray().ShouldBeEmpty();
        var call = (await fixture.StepsAsync(thread, (string)run["id"]!))[0]["step_details"]!["tool_calls"]![0]!;
        ((string?)call["code_interpreter"]!["outputs"]![0]!["logs"])!.ShouldContain("but not kept: The disk");
    }

    [Fact]
    public async Task A_rate_limit_that_lasts_fails_the_run_with_its_code()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue([
            .. Enumerable.Repeat(
                new ScriptedTurn
                {
                    Fault = new ScriptedFault { Status = 429, Times = 0 },
                },
                10
            ),
        ]);
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        ((string?)run["status"]).ShouldBe("failed");
        ((string?)run["last_error"]!["code"]).ShouldBe("rate_limit_exceeded");
    }

    [Fact]
    public async Task A_sandbox_that_cannot_start_fails_step_and_run()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Sandboxes.OpenFails = new SandboxUnavailableException("bubblewrap is missing.");
        fixture.Upstream.Enqueue(ScriptedTurn.Python("print 1"));
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        ((string?)run["last_error"]!["message"]).ShouldBe("The sandbox is not available: bubblewrap is missing.");
        var step = (await fixture.StepsAsync(thread, (string)run["id"]!)).ShouldHaveSingleItem();
        ((string?)step["status"]).ShouldBe("failed");
        ((string?)step["last_error"]!["code"]).ShouldBe("server_error");
    }

    [Fact]
    public async Task An_answer_that_is_cut_off_makes_the_run_incomplete()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(new ScriptedTurn { Text = "One two", FinishReason = "length" });
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(
            thread,
            await fixture.AssistantAsync(),
            ""","max_completion_tokens":256"""
        );

        ((string?)run["status"]).ShouldBe("incomplete");
        ((string?)run["incomplete_details"]!["reason"]).ShouldBe("max_completion_tokens");
        var message = (await fixture.MessagesAsync(thread))[^1];
        ((string?)message["incomplete_details"]!["reason"]).ShouldBe("max_tokens");
        ((int)fixture.Upstream.ChatRequests[0]["max_completion_tokens"]!).ShouldBe(256);
    }

    [Fact]
    public async Task Tokens_of_all_turns_count_against_the_limit()
    {
        await using var fixture = await RunFixture.StartAsync();
        var usage = JsonNode.Parse("""{"prompt_tokens":10,"completion_tokens":300,"total_tokens":310}""")!.AsObject();
        fixture.Upstream.Enqueue(ScriptedTurn.Python("print 1") with { Usage = usage });
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(
            thread,
            await fixture.AssistantAsync(),
            ""","max_completion_tokens":256"""
        );

        ((string?)run["status"]).ShouldBe("incomplete");
        ((int)run["usage"]!["completion_tokens"]!).ShouldBe(300);
        fixture.Upstream.ChatRequests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_content_filter_fails_the_run()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(new ScriptedTurn { Text = "Well", FinishReason = "content_filter" });
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        ((string?)run["status"]).ShouldBe("failed");
        var message = (await fixture.MessagesAsync(thread))[^1];
        ((string?)message["incomplete_details"]!["reason"]).ShouldBe("content_filter");
    }

    [Fact]
    public async Task Without_room_for_a_sandbox_a_run_is_refused_with_429_and_nothing_is_left_behind()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Sandboxes.Capacity = 0;
        var thread = await fixture.ThreadAsync();
        var assistant = await fixture.AssistantAsync();
        using var content = new StringContent(
            $$"""{"assistant_id":"{{assistant}}"}""",
            Encoding.UTF8,
            "application/json"
        );

        using var response = await fixture.Gateway.Client.PostAsync($"/v1/threads/{thread}/runs", content);

        response.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
        (await fixture.Gateway.GetAsync($"/v1/threads/{thread}/runs"))["data"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_runs_started_at_once_on_a_thread_one_wins()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(ScriptedTurn.Python("hang"));
        var thread = await fixture.ThreadAsync();
        var assistant = await fixture.AssistantAsync();

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async _ =>
                {
                    using var content = new StringContent(
                        $$"""{"assistant_id":"{{assistant}}"}""",
                        Encoding.UTF8,
                        "application/json"
                    );
                    using var response = await fixture.Gateway.Client.PostAsync($"/v1/threads/{thread}/runs", content);
                    return (response.StatusCode, Body: await response.Content.ReadAsStringAsync());
                })
        );

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        var run = (string)JsonNode.Parse(answers.Single(answer => answer.StatusCode == HttpStatusCode.OK).Body)!["id"]!;
        answers
            .Where(answer => answer.StatusCode != HttpStatusCode.OK)
            .ShouldAllBe(answer =>
                answer.StatusCode == HttpStatusCode.BadRequest
                && answer.Body.Contains($"Thread {thread} already has an active run {run}.", StringComparison.Ordinal)
            );
    }

    [Fact]
    public async Task Code_that_the_sandbox_does_not_take_is_told_to_the_model()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(ScriptedTurn.Python("too long"), ScriptedTurn.Say("{{last_tool_output}}"));
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        var text = (string?)(await fixture.MessagesAsync(thread))[^1]["content"]![0]!["text"]!["value"];
        text.ShouldBe("[The code was not run: The request is too long.]");
    }

    [Fact]
    public async Task Lost_sandboxes_and_dead_kernels_are_told_to_the_model()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(
            ScriptedTurn.Python("die"),
            ScriptedTurn.Python("lose"),
            ScriptedTurn.Python("print on"),
            ScriptedTurn.Say("Done.")
        );
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        string Result(int request) =>
            fixture.Upstream.ChatRequests[request]["messages"]!.AsArray()[^1]!["content"]!.ToString();
        Result(1).ShouldContain("out of memory (512 MiB); variables are lost");
        Result(2).ShouldContain("The sandbox was lost while the code ran");
        Result(3).ShouldContain("the sandbox was started anew; the files in /mnt/data are still there");
        Result(3).ShouldContain("on");
    }
}
