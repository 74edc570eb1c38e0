using Microsoft.AspNetCore.Http;
using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Agents;
using SandboxOperator.Sandboxes.Tests.Fakes;
using Shouldly;
using static SandboxOperator.Sandboxes.Tests.Agents.AgentCalls;

namespace SandboxOperator.Sandboxes.Tests.Agents;

public sealed class CallStreamTests
{
    private static readonly AgentClientOptions Small = new()
    {
        LineBytes = 64 << 10,
        EventsPerCall = 100,
        BytesPerCall = 128 << 10,
        Silence = TimeSpan.FromMilliseconds(200),
        Answer = TimeSpan.FromMilliseconds(500),
        KernelStart = TimeSpan.FromMilliseconds(300),
        Reattachments = 2,
    };

    [Fact]
    public async Task Hands_out_every_event_but_heartbeats()
    {
        await using var agent = await FakeAgent.WithStreamsAsync(
            Started + Heartbeat + Output("a") + Output("b") + Done
        );
        using var client = agent.Client();

        var events = await RunAsync(client);

        events
            .Select(next => next.GetType())
            .ShouldBe([typeof(CallStarted), typeof(CallOutput), typeof(CallOutput), typeof(CallDone)]);
        Texts(events).ShouldBe("ab");
    }

    [Fact]
    public async Task Hands_out_events_as_they_come()
    {
        var goOn = new TaskCompletionSource();
        await using var agent = await FakeAgent.StartAsync(async context =>
        {
            await FakeAgent.WriteAsync(context, Started + Output("early"));
            await goOn.Task;
            await FakeAgent.WriteAsync(context, Done);
        });
        using var client = agent.Client();

        await foreach (var next in client.RunAsync(Request, TestContext.Current.CancellationToken))
        {
            if (next is CallOutput)
            {
                goOn.SetResult();
            }
        }

        goOn.Task.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_broken_stream_is_attached_to_again_without_events_twice()
    {
        await using var agent = await FakeAgent.WithStreamsAsync(
            Started + Output("1") + Output("2"),
            Started + Heartbeat + Output("1") + Output("2") + Output("3") + """{"type":"out""",
            Started + Output("1") + Output("2") + Output("3") + Output("4") + Done
        );
        using var client = agent.Client();

        var events = await RunAsync(client);

        Texts(events).ShouldBe("1234");
        events.OfType<CallStarted>().Count().ShouldBe(1);
        events.OfType<CallDone>().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Output_that_comes_again_in_other_pieces_is_not_lost_and_not_there_twice()
    {
        const string Display = """{"type":"display","is_result":false,"data":{"text/plain":"x"}}""" + "\n";
        await using var agent = await FakeAgent.WithStreamsAsync(
            Started + Output("a") + Output("b😀"),
            Started + Output("ab😀c") + Display + Output("d"),
            Started + Output("ab😀c") + Display + Output("de") + Done
        );
        using var client = agent.Client();

        var events = await RunAsync(client);

        string.Concat(
                events.Select(each =>
                    each switch
                    {
                        CallOutput output => output.Text,
                        CallDisplay => "|",
                        _ => "",
                    }
                )
            )
            .ShouldBe("ab😀c|de");
        events[^1].ShouldBeOfType<CallDone>();
    }

    [Fact]
    public async Task A_stream_that_breaks_again_and_again_is_given_up()
    {
        await using var agent = await FakeAgent.StartAsync(async context =>
        {
            await FakeAgent.WriteAsync(context, Started);
            context.Abort();
        });
        using var client = agent.Client(Small);

        await Should.ThrowAsync<SandboxLostException>(() => RunAsync(client));
    }

    [Fact]
    public async Task An_agent_that_is_out_of_reach_is_waited_for_as_long_as_one_has_patience()
    {
        var attempts = 0;
        await using var agent = await FakeAgent.StartAsync(async context =>
        {
            await FakeAgent.WriteAsync(context, Started + Output("1"));
            if (Interlocked.Increment(ref attempts) <= Small.Reattachments + 3)
            {
                context.Abort();
                return;
            }

            await FakeAgent.WriteAsync(context, Output("2") + Done);
        });
        using var client = agent.Client(
            new AgentClientOptions { Reattachments = Small.Reattachments, ReattachPatience = TimeSpan.FromMinutes(5) }
        );

        Texts(await RunAsync(client)).ShouldBe("12");
        attempts.ShouldBe(Small.Reattachments + 4);
    }

    [Fact]
    public async Task A_clean_end_without_done_is_a_cut()
    {
        await using var agent = await FakeAgent.WithStreamsAsync(Started + Output("1"));
        using var client = agent.Client(Small);

        await Should.ThrowAsync<SandboxLostException>(() => RunAsync(client));
    }

    [Fact]
    public async Task An_agent_that_is_silent_is_dead()
    {
        var attempts = 0;
        await using var agent = await FakeAgent.StartAsync(async context =>
        {
            Interlocked.Increment(ref attempts);
            await FakeAgent.WriteAsync(context, Started);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var client = agent.Client(
            Small with
            {
                Silence = TimeSpan.FromSeconds(3),
                Answer = TimeSpan.FromSeconds(20),
            }
        );

        await Should.ThrowAsync<SandboxLostException>(() => RunAsync(client));

        attempts.ShouldBe(2);
    }

    [Fact]
    public async Task An_agent_that_beats_forever_is_left_at_the_end_of_the_calls_time()
    {
        await using var agent = await FakeAgent.StartAsync(async context =>
        {
            await FakeAgent.WriteAsync(context, Started);
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await FakeAgent.WriteAsync(context, Heartbeat);
                await Task.Delay(20, context.RequestAborted);
            }
        });
        var options = Small with
        {
            EventsPerCall = int.MaxValue,
            LongestCall = TimeSpan.FromMilliseconds(400),
            CallGrace = TimeSpan.FromMilliseconds(200),
        };
        using var client = agent.Client(options);

        await Should.ThrowAsync<SandboxLostException>(() => RunAsync(client));
    }

    [Theory]
    [InlineData("{\"type\":\"output\",\"stream\":\"stdout\",\"text\":nope}\n")]
    [InlineData("{\"type\":\"output\",\"stream\":\"stdout\",\"text\":7}\n")]
    [InlineData("{\"type\":\"output\",\"stream\":\"stdout\",\"text\":null}\n")]
    [InlineData("{\"type\":\"output\",\"stream\":\"stdlog\",\"text\":\"a\"}\n")]
    [InlineData("{\"type\":\"output\",\"stream\":\"stdout\"}\n")]
    [InlineData("{\"type\":\"root_shell\"}\n")]
    [InlineData("{\"stream\":\"stdout\"}\n")]
    [InlineData("{\"type\":\"display\",\"data\":{\"text/plain\":null}}\n")]
    [InlineData("{\"type\":\"display\",\"data\":{\"text/plain\":{\"a\":1}}}\n")]
    [InlineData("{\"type\":\"files\",\"files\":null}\n")]
    [InlineData("{\"type\":\"files\",\"files\":[{\"path\":\"a\",\"bytes\":1e99,\"modified_at_ms\":1}]}\n")]
    [InlineData("{\"type\":\"done\",\"status\":\"perfect\"}\n")]
    [InlineData("{\"type\":\"started\"}\n")]
    [InlineData("{\"type\":\"heartbeat\"}{\"type\":\"heartbeat\"}\n")]
    [InlineData("[[[[[[[[[[\n")]
    [InlineData("null\n")]
    [InlineData("\n")]
    [InlineData("\u0000\u0001\u0002\n")]
    public async Task An_answer_that_is_no_event_ends_the_call_at_once(string line)
    {
        var attempts = 0;
        await using var agent = await FakeAgent.StartAsync(async context =>
        {
            Interlocked.Increment(ref attempts);
            await FakeAgent.WriteAsync(context, Started + line + Done);
        });
        using var client = agent.Client();

        await Should.ThrowAsync<SandboxLostException>(() => RunAsync(client));

        attempts.ShouldBe(1);
    }

    [Fact]
    public async Task An_event_before_started_ends_the_call()
    {
        await using var agent = await FakeAgent.WithStreamsAsync(Output("a") + Done);
        using var client = agent.Client(Small);

        await Should.ThrowAsync<SandboxLostException>(() => RunAsync(client));
    }

    [Fact]
    public async Task An_endless_line_is_cut_off()
    {
        var sent = 0L;
        await using var agent = await FakeAgent.StartAsync(async context =>
        {
            await FakeAgent.WriteAsync(context, Started);
            var piece = new string('x', 16 << 10);
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await FakeAgent.WriteAsync(context, piece);
                Interlocked.Add(ref sent, piece.Length);
                // Who has closed the connection is heard of a moment later, and writing takes no time until then.
                await Task.Delay(1);
            }
        });
        using var client = agent.Client(Small);

        await Should.ThrowAsync<SandboxLostException>(() => RunAsync(client));

        // The line's bound and what the socket's buffers hold.
        Interlocked.Read(ref sent).ShouldBeLessThan(8 << 20);
    }

    [Fact]
    public async Task A_long_line_within_the_bound_is_read()
    {
        var text = new string('x', 9 << 20);
        await using var agent = await FakeAgent.WithStreamsAsync(Started + Output(text) + Done);
        using var client = agent.Client();

        Texts(await RunAsync(client)).Length.ShouldBe(text.Length);
    }

    [Fact]
    public async Task Too_many_events_end_the_call()
    {
        var many = string.Concat(Enumerable.Repeat(Output("1"), 200));
        await using var agent = await FakeAgent.WithStreamsAsync(Started + many + Done);
        using var client = agent.Client(Small);

        await Should.ThrowAsync<SandboxLostException>(() => RunAsync(client));
    }

    [Fact]
    public async Task Too_many_bytes_end_the_call()
    {
        var big = Output(new string('x', 50 << 10));
        await using var agent = await FakeAgent.WithStreamsAsync(Started + big + big + big + Done);
        using var client = agent.Client(Small);

        await Should.ThrowAsync<SandboxLostException>(() => RunAsync(client));
    }

    [Fact]
    public async Task Hostile_names_of_files_are_left_out_and_counted()
    {
        const string Files = """
            {"type":"files","files":[{"path":"ok/a.csv","bytes":1,"modified_at_ms":1},{"path":"../../etc/shadow","bytes":1,"modified_at_ms":1},{"path":"/etc/passwd","bytes":1,"modified_at_ms":1},{"path":"a\u0000b","bytes":1,"modified_at_ms":1},null,{"path":"b","bytes":-1,"modified_at_ms":1}],"omitted":3}
            """;
        await using var agent = await FakeAgent.WithStreamsAsync(Started + Files + "\n" + Done);
        using var client = agent.Client();

        var files = (await RunAsync(client)).OfType<CallFiles>().Single();

        files.Files.Select(file => file.Path).ShouldBe(["ok/a.csv"]);
        files.Omitted.ShouldBe(8);
    }

    [Theory]
    [InlineData(409, AgentErrorCodes.CallIdReused)]
    [InlineData(409, AgentErrorCodes.EpochFenced)]
    [InlineData(409, AgentErrorCodes.Busy)]
    [InlineData(412, AgentErrorCodes.IncarnationMismatch)]
    [InlineData(400, AgentErrorCodes.InvalidRequest)]
    public async Task A_refused_call_did_not_run(int status, string code)
    {
        await using var agent = await FakeAgent.StartAsync(context => RefuseAsync(context, status, code));
        using var client = agent.Client();

        var refused = await Should.ThrowAsync<CallRefusedException>(() => RunAsync(client));

        refused.Code.ShouldBe(code);
        refused.Message.ShouldBe("because  I say so");
    }

    [Fact]
    public async Task A_refusal_after_the_call_may_have_started_leaves_its_end_unknown()
    {
        var attempts = 0;
        await using var agent = await FakeAgent.StartAsync(async context =>
        {
            if (Interlocked.Increment(ref attempts) == 1)
            {
                await FakeAgent.WriteAsync(context, Started);
                context.Abort();
                return;
            }

            await RefuseAsync(context, 412, AgentErrorCodes.IncarnationMismatch);
        });
        using var client = agent.Client(Small);

        await Should.ThrowAsync<SandboxLostException>(() => RunAsync(client));
    }

    [Fact]
    public async Task A_kernel_that_is_starting_is_waited_for()
    {
        var attempts = 0;
        await using var agent = await FakeAgent.StartAsync(context =>
            Interlocked.Increment(ref attempts) < 3
                ? RefuseAsync(context, 503, AgentErrorCodes.KernelUnavailable)
                : FakeAgent.WriteAsync(context, Started + Done)
        );
        using var client = agent.Client();

        (await RunAsync(client)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_kernel_that_never_starts_refuses_the_call()
    {
        await using var agent = await FakeAgent.StartAsync(context =>
            RefuseAsync(context, 503, AgentErrorCodes.KernelUnavailable)
        );
        // Only the wait for the kernel is short: a busy machine must not turn an answer into silence.
        using var client = agent.Client(new() { KernelStart = TimeSpan.FromMilliseconds(300) });

        (await Should.ThrowAsync<CallRefusedException>(() => RunAsync(client))).Code.ShouldBe(
            AgentErrorCodes.KernelUnavailable
        );
    }

    [Fact]
    public async Task No_agent_at_all_is_a_lost_sandbox()
    {
        var agent = await FakeAgent.WithStreamsAsync(Started + Done);
        await agent.DisposeAsync();
        using var client = agent.Client(Small);

        await Should.ThrowAsync<SandboxLostException>(() => RunAsync(client));
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_told_so()
    {
        using var giveUp = new CancellationTokenSource();
        await using var agent = await FakeAgent.StartAsync(async context =>
        {
            await FakeAgent.WriteAsync(context, Started);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var client = agent.Client();

        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var next in client.RunAsync(Request, giveUp.Token))
            {
                giveUp.CancelAfter(10);
            }
        });
    }

    private static Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync($$"""{"code":"{{code}}","message":"because\r\nI say so"}""");
    }
}
