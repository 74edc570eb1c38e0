using System.Text;
using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Tests.RunLoop;
using SandboxOperator.Sandboxes;
using SandboxOperator.Testing.Otlp;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.Telemetry;

public sealed class TraceTests
{
    private const string Caller = "00f067aa0ba902b7";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_is_one_trace_below_its_caller(bool stream)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var fixture = await StartAsync(
            receiver,
            "Telemetry:CaptureContent=true",
            "Redaction:TimeoutMilliseconds=60000"
        );
        fixture.Upstream.Enqueue(
            ScriptedTurn.Python("raise KeyError"),
            ScriptedTurn.Python("print 42\nshow\nwrite out.csv a,b", "Let me see."),
            ScriptedTurn.Say("It is 42.")
        );
        var thread = await fixture.ThreadAsync("What is the answer?");
        var assistant = await fixture.AssistantAsync(extra: ""","name":"Analyst","temperature":0.5""");
        var traceId = Guid.NewGuid().ToString("N");

        var run = await RunAsync(fixture, thread, assistant, $"00-{traceId}-{Caller}-01", stream);

        // 1. The tree.
        var spans = await receiver.TraceAsync(traceId, all => all.Any(span => Operation(span) == "invoke_agent"));
        var agent = spans.Single(span => Operation(span) == "invoke_agent");
        agent.ParentSpanId.ShouldBe(Caller);
        agent.Name.ShouldBe("invoke_agent Analyst");
        var children = spans.Where(span => span != agent).ToList();
        children.ShouldAllBe(span => span.ParentSpanId == agent.SpanId);
        children.ShouldAllBe(span => agent.Start <= span.Start && span.End <= agent.End);
        children
            .Where(span => span.Name != "open_sandbox")
            .Select(span => span.Name)
            .ShouldBe([
                "chat scripted-model",
                "execute_tool python",
                "chat scripted-model",
                "execute_tool python",
                "chat scripted-model",
            ]);
        children.Count(span => span.Name == "open_sandbox").ShouldBe(2);
        spans.ShouldAllBe(span => (string?)span.Resource["service.name"] == "sandbox-gateway");

        // 2. The run.
        agent["gen_ai.operation.name"].ShouldBe("invoke_agent");
        agent["gen_ai.agent.id"].ShouldBe(assistant);
        agent["gen_ai.agent.name"].ShouldBe("Analyst");
        agent["gen_ai.conversation.id"].ShouldBe(thread);
        agent["gen_ai.request.model"].ShouldBe("gpt-4o");
        agent["gen_ai.usage.input_tokens"].ShouldBe((long)run["usage"]!["prompt_tokens"]!);
        agent["gen_ai.usage.output_tokens"].ShouldBe((long)run["usage"]!["completion_tokens"]!);
        agent["sandbox.run.id"].ShouldBe((string?)run["id"]);
        agent["sandbox.run.status"].ShouldBe("completed");
        agent["sandbox.project"].ShouldBe("default");
        agent.Status.ShouldBe(0);

        // 3. Asking the model.
        var chats = children.Where(span => Operation(span) == "chat").ToList();
        chats.Sum(chat => (long)chat["gen_ai.usage.input_tokens"]!).ShouldBe((long)agent["gen_ai.usage.input_tokens"]!);
        var chat = chats[1];
        chat.Kind.ShouldBe(3);
        chat["gen_ai.provider.name"].ShouldBe("openai");
        chat["gen_ai.request.model"].ShouldBe("scripted-model");
        chat["gen_ai.response.model"].ShouldBe("scripted-model");
        ((string?)chat["gen_ai.response.id"]).ShouldNotBeNullOrEmpty();
        chat["gen_ai.response.finish_reasons"].ShouldBe("tool_calls");
        chat["gen_ai.request.temperature"].ShouldBe(0.5);
        ((double)chat["gen_ai.response.time_to_first_chunk"]!).ShouldBeGreaterThanOrEqualTo(0);
        chat["server.address"].ShouldBe("127.0.0.1");
        ((long)chat["server.port"]!).ShouldBe(new Uri(fixture.Upstream.BaseUrl).Port);
        chat["sandbox.turn"].ShouldBe(1L);
        chat["gen_ai.conversation.id"].ShouldBe(thread);
        var input = JsonNode.Parse((string)chat["gen_ai.input.messages"]!)!.AsArray();
        input.Select(message => (string?)message!["role"]).TakeLast(3).ShouldBe(["user", "assistant", "tool"]);
        ((string?)input[^3]!["parts"]![0]!["content"]).ShouldBe("What is the answer?");
        ((string?)input[^1]!["parts"]![0]!["response"]).ShouldNotBeNull().ShouldContain("KeyError");
        var output = JsonNode.Parse((string)chat["gen_ai.output.messages"]!)![0]!;
        ((string?)output["finish_reason"]).ShouldBe("tool_calls");
        ((string?)output["parts"]![0]!["content"]).ShouldBe("Let me see.");
        ((string?)output["parts"]![1]!["name"]).ShouldBe("python");

        // 4. The calls: one that failed, and the one that corrected it.
        var calls = children.Where(span => Operation(span) == "execute_tool").ToList();
        var failed = calls[0];
        failed.Status.ShouldBe(2);
        failed["error.type"].ShouldBe("error");
        failed["sandbox.call.status"].ShouldBe("error");
        ((string?)failed["sandbox.call.error"]).ShouldNotBeNull().ShouldContain("KeyError: 'x'");
        var call = calls[1];
        call.Status.ShouldBe(0);
        call["gen_ai.tool.name"].ShouldBe("python");
        call["gen_ai.tool.type"].ShouldBe("function");
        ((string?)call["gen_ai.tool.call.id"]).ShouldNotBeNull().ShouldStartWith("call_");
        ((string?)call["gen_ai.tool.call.arguments"]).ShouldNotBeNull().ShouldContain("out.csv");
        ((string?)call["gen_ai.tool.call.result"]).ShouldNotBeNull().ShouldContain("42");
        call["sandbox.call.prompt"].ShouldBe("What is the answer?");
        call["sandbox.call.code"].ShouldBe("print 42\nshow\nwrite out.csv a,b");
        call["sandbox.call.stdout"].ShouldBe("42\n");
        call["sandbox.call.stderr"].ShouldBeNull();
        call["sandbox.call.error"].ShouldBeNull();
        call["sandbox.call.status"].ShouldBe("ok");
        call["sandbox.call.file_count"].ShouldBe(2L);
        var files = JsonNode.Parse((string)call["sandbox.call.files"]!)!.AsArray();
        ((string?)files[0]!["id"]).ShouldNotBeNull().ShouldStartWith("file-");
        ((string?)files[0]!["name"]).ShouldNotBeNull().ShouldEndWith(".png");
        ((long)files[0]!["bytes"]!).ShouldBe(FakePython.Png.Length);
        ((string?)files[1]!["name"], (long)files[1]!["bytes"]!).ShouldBe(("out.csv", 3));
        call["sandbox.session.id"].ShouldBe(fixture.Sandboxes.Single.Info.Key.Name);
        call["sandbox.launch"].ShouldBe("warm");
        call["sandbox.session.cost"].ShouldBe(0.03);
        call["gen_ai.usage.input_tokens"].ShouldBe(chat["gen_ai.usage.input_tokens"]);
        call["gen_ai.usage.output_tokens"].ShouldBe(chat["gen_ai.usage.output_tokens"]);
        foreach (var part in new[] { "claim", "connect", "run" })
        {
            ((double)call[$"sandbox.call.{part}_seconds"]!).ShouldBeInRange(0, 60);
        }

        // 5. The store says which trace it was.
        (await fixture.TraceIdAsync((string)run["id"]!)).ShouldBe(traceId);
    }

    [Fact]
    public async Task A_run_that_goes_on_joins_its_own_trace()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var fixture = await StartAsync(receiver);
        fixture.Upstream.Enqueue(ScriptedTurn.Function("weather", new JsonObject()), ScriptedTurn.Say("Rain."));
        var thread = await fixture.ThreadAsync();
        var assistant = await fixture.AssistantAsync("""[{"type":"function","function":{"name":"weather"}}]""");
        var waiting = await fixture.CompleteAsync(thread, assistant);
        var id = (string)waiting["id"]!;
        var call = waiting["required_action"]!["submit_tool_outputs"]!["tool_calls"]![0]!["id"];
        await fixture.Gateway.PostAsync(
            $"/v1/threads/{thread}/runs/{id}/submit_tool_outputs",
            $$"""{"tool_outputs":[{"tool_call_id":"{{call}}","output":"wet"}]}"""
        );
        await fixture.EndedAsync(thread, id);

        var traceId = (await fixture.TraceIdAsync(id)).ShouldNotBeNull();
        var spans = await receiver.TraceAsync(traceId, all => all.Count(IsAgent) == 2);
        var agents = spans.Where(IsAgent).ToList();
        agents[0].ParentSpanId.ShouldBe("");
        agents[0]["sandbox.run.status"].ShouldBe("requires_action");
        agents[1].ParentSpanId.ShouldBe(agents[0].SpanId);
        agents[1]["sandbox.run.status"].ShouldBe("completed");
        spans.Count(span => Operation(span) == "chat").ShouldBe(2);
    }

    [Fact]
    public async Task Without_consent_spans_have_no_content()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        // The backend of tests is not the local one, so that nothing is captured unless asked for.
        await using var fixture = await StartAsync(receiver);
        fixture.Upstream.Enqueue(
            ScriptedTurn.Python("print xyzzy-output\nwrite xyzzy-file.csv a"),
            ScriptedTurn.Say("xyzzy-answer")
        );
        var thread = await fixture.ThreadAsync("xyzzy-prompt");
        var traceId = Guid.NewGuid().ToString("N");
        await RunAsync(fixture, thread, await fixture.AssistantAsync(), $"00-{traceId}-{Caller}-01", stream: false);

        var spans = await receiver.TraceAsync(traceId, all => all.Any(IsAgent));
        spans.Single(span => Operation(span) == "execute_tool")["sandbox.call.status"].ShouldBe("ok");
        receiver.Bytes.ShouldNotContain("xyzzy");
    }

    [Fact]
    public async Task A_failed_run_says_so()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var fixture = await StartAsync(
            receiver,
            "Telemetry:CaptureContent=true",
            "Redaction:TimeoutMilliseconds=60000"
        );
        fixture.Upstream.Enqueue(
            new ScriptedTurn
            {
                Fault = new ScriptedFault { Status = 400, Message = "not like this" },
            }
        );
        var thread = await fixture.ThreadAsync();
        var traceId = Guid.NewGuid().ToString("N");
        var run = await RunAsync(
            fixture,
            thread,
            await fixture.AssistantAsync(),
            $"00-{traceId}-{Caller}-01",
            stream: false
        );

        ((string?)run["status"]).ShouldBe("failed");
        var spans = await receiver.TraceAsync(traceId, all => all.Any(IsAgent));
        var agent = spans.Single(IsAgent);
        (agent.Status, agent["error.type"]).ShouldBe((2, "server_error"));
        var chat = spans.Single(span => Operation(span) == "chat");
        (chat.Status, chat["error.type"]).ShouldBe((2, "refused"));
        chat.StatusMessage.ShouldContain("not like this");
    }

    [Fact]
    public async Task An_answer_that_breaks_off_shows_what_it_used()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var fixture = await StartAsync(receiver);
        fixture.Upstream.Enqueue(
            new ScriptedTurn
            {
                Text = "One two three four.",
                Fault = new ScriptedFault { CutAfter = 4, Times = 0 },
            }
        );
        var traceId = Guid.NewGuid().ToString("N");
        var run = await RunAsync(
            fixture,
            await fixture.ThreadAsync(),
            await fixture.AssistantAsync(),
            $"00-{traceId}-{Caller}-01",
            stream: false
        );

        var spans = await receiver.TraceAsync(traceId, all => all.Any(IsAgent));
        var chat = spans.Single(span => Operation(span) == "chat");
        (chat.Status, chat["sandbox.tokens_estimated"]).ShouldBe((2, true));
        chat["gen_ai.usage.output_tokens"].ShouldBe((long)run["usage"]!["completion_tokens"]!);
        spans.Single(IsAgent)["gen_ai.usage.output_tokens"].ShouldBe(chat["gen_ai.usage.output_tokens"]);
    }

    [Fact]
    public async Task A_sandbox_that_does_not_open_is_seen_where_it_did_not()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var fixture = await StartAsync(receiver);
        fixture.Sandboxes.OpenFails = new SandboxUnavailableException("bubblewrap is missing.");
        fixture.Upstream.Enqueue(ScriptedTurn.Python("print 1"));
        var traceId = Guid.NewGuid().ToString("N");

        await RunAsync(
            fixture,
            await fixture.ThreadAsync(),
            await fixture.AssistantAsync(),
            $"00-{traceId}-{Caller}-01",
            stream: false
        );

        var spans = await receiver.TraceAsync(traceId, all => all.Any(IsAgent));
        var opening = spans.Single(span => span.Name == "open_sandbox");
        (opening.Status, opening["error.type"]).ShouldBe((2, typeof(SandboxUnavailableException).FullName));
    }

    private static Task<RunFixture> StartAsync(OtlpReceiver receiver, params string[] settings) =>
        RunFixture.StartAsync(null, [.. receiver.Settings, .. settings]);

    private static string? Operation(ReceivedSpan span) => span["gen_ai.operation.name"] as string;

    private static bool IsAgent(ReceivedSpan span) => Operation(span) is "invoke_agent";

    private static async Task<JsonObject> RunAsync(
        RunFixture fixture,
        string thread,
        string assistant,
        string traceParent,
        bool stream
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/threads/{thread}/runs")
        {
            Content = new StringContent(
                $$"""{"assistant_id":"{{assistant}}","stream":{{(stream ? "true" : "false")}}}""",
                Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Add("traceparent", traceParent);
        using var response = await fixture.Gateway.Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        var list = await fixture.Gateway.GetAsync($"/v1/threads/{thread}/runs");
        return await fixture.EndAsync(thread, (string)list["data"]![0]!["id"]!);
    }
}
