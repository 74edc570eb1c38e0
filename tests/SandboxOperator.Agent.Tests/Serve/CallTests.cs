using System.Text.Json;
using SandboxOperator.Agent.Link;
using SandboxOperator.Api.Agent;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Serve;

public sealed class CallTests
{
    [Fact]
    public async Task A_call_streams_its_events_and_is_replayed_but_never_run_again()
    {
        await using var agent = await RunningAgent.StartAsync();
        using var init = await agent.ReadyAsync();
        var answer = agent.PostAsync("c1", "print(1)");
        var run = await init.ReceiveAsync<LinkMessage.Run>();
        run.Code.ShouldBe("print(1)");
        await File.WriteAllTextAsync(Path.Combine(agent.Data, "made.txt"), "abc");
        init.Send(
            new LinkMessage.Output("c1", "stdout", "é1\n"),
            new LinkMessage.Display("c1", true, new Dictionary<string, string> { ["text/plain"] = "1" }),
            new LinkMessage.Error("c1", "KeyError", "'a'", "Traceback"),
            new LinkMessage.Done("c1", CallStatuses.Error, null, false, 2)
        );
        var events = await RunningAgent.EventsAsync(await answer);

        events[0].ShouldBeOfType<CallStarted>().StateLost.ShouldBeNull();
        string.Concat(events.OfType<CallOutput>().Select(o => o.Text)).ShouldBe("é1\n");
        events.OfType<CallDisplay>().Single().Data["text/plain"].ShouldBe("1");
        events.OfType<CallError>().Single().Name.ShouldBe("KeyError");
        events.OfType<CallFiles>().Single().Files.Single().Path.ShouldBe("made.txt");
        events[^1].ShouldBeOfType<CallDone>().Status.ShouldBe(CallStatuses.Error);

        // The fake init would see a second run instead of the other call's.
        var replay = await RunningAgent.EventsAsync(await agent.PostAsync("c1", "print(1)", "another incarnation"));
        replay.Select(e => e.GetType()).ShouldBe(events.Select(e => e.GetType()));
        await RunningAgent.ShouldFailAsync(await agent.PostAsync("c1", "other"), 409, AgentErrorCodes.CallIdReused);
        var next = agent.PostAsync("c2");
        (await init.ReceiveAsync<LinkMessage.Run>()).Call.ShouldBe("c2");
        init.Send(new LinkMessage.Done("c2", CallStatuses.Ok));
        (await RunningAgent.EventsAsync(await next)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_second_listener_gets_the_running_call_from_its_start_and_a_lost_client_cancels_nothing()
    {
        await using var agent = await RunningAgent.StartAsync();
        using var init = await agent.ReadyAsync();
        var first = await agent.PostAsync("c1");
        await init.ReceiveAsync<LinkMessage.Run>();
        init.Send(new LinkMessage.Output("c1", "stdout", "a"));
        first.Dispose();
        await RunningAgent.ShouldFailAsync(await agent.PostAsync("c2"), 409, AgentErrorCodes.Busy);
        var second = await agent.PostAsync("c1");
        init.Send(new LinkMessage.Output("c1", "stdout", "b"), new LinkMessage.Done("c1", CallStatuses.Ok));

        var events = await RunningAgent.EventsAsync(second);
        string.Concat(events.OfType<CallOutput>().Select(o => o.Text)).ShouldBe("ab");
    }

    [Fact]
    public async Task Other_incarnations_and_lower_epochs_are_refused()
    {
        await using var agent = await RunningAgent.StartAsync();
        using var init = await agent.ReadyAsync();

        await RunningAgent.ShouldFailAsync(
            await agent.PostAsync("c1", incarnation: "x", epoch: 3),
            412,
            AgentErrorCodes.IncarnationMismatch
        );
        await RunningAgent.ShouldFailAsync(await agent.PostAsync("c1", epoch: 2), 409, AgentErrorCodes.EpochFenced);
    }

    [Fact]
    public async Task A_lost_kernel_side_ends_the_call_and_a_new_one_takes_the_next()
    {
        await using var agent = await RunningAgent.StartAsync();
        var init = await agent.ReadyAsync();
        var answer = await agent.PostAsync("c1");
        await init.ReceiveAsync<LinkMessage.Run>();
        init.Dispose();
        var done = (await RunningAgent.EventsAsync(answer))[^1].ShouldBeOfType<CallDone>();
        (done.Status, done.StateLost).ShouldBe((CallStatuses.Killed, true));

        using var again = await agent.ReadyAsync();
        var next = agent.PostAsync("c2");
        await again.ReceiveAsync<LinkMessage.Run>();
        again.Send(new LinkMessage.Done("c2", CallStatuses.Ok), new LinkMessage.Lost("killed: out of memory"));
        (await RunningAgent.EventsAsync(await next))[0].ShouldBeOfType<CallStarted>().StateLost.ShouldBeNull();
        await agent.StatusAsync(s => !s.Ready);
        var third = agent.PostAsync("c3");
        again.Send(new LinkMessage.Ready());
        await again.ReceiveAsync<LinkMessage.Run>();
        again.Send(new LinkMessage.Done("c3", CallStatuses.Ok));
        (await RunningAgent.EventsAsync(await third))[0]
            .ShouldBeOfType<CallStarted>()
            .StateLost.ShouldBe("killed: out of memory");
    }

    [Fact]
    public async Task An_init_that_never_answers_is_given_up()
    {
        await using var agent = await RunningAgent.StartAsync(o =>
            o with
            {
                CallTimeout = TimeSpan.FromMilliseconds(50),
                CallGrace = TimeSpan.FromMilliseconds(50),
            }
        );
        using var init = await agent.ReadyAsync();

        var done = (await RunningAgent.EventsAsync(await agent.PostAsync("c1")))[^1].ShouldBeOfType<CallDone>();

        (done.Status, done.StateLost).ShouldBe((CallStatuses.Timeout, true));
    }

    [Fact]
    public async Task Interrupting_reaches_init_once()
    {
        await using var agent = await RunningAgent.StartAsync();
        using var init = await agent.ReadyAsync();
        var answer = await agent.PostAsync("c1");
        await init.ReceiveAsync<LinkMessage.Run>();
        var target = new Uri("/calls/c1/interrupt", UriKind.Relative);
        (await agent.Http.PostAsync(target, null)).EnsureSuccessStatusCode();
        (await agent.Http.PostAsync(target, null)).EnsureSuccessStatusCode();
        (await init.ReceiveAsync<LinkMessage.Interrupt>()).Call.ShouldBe("c1");
        init.Send(new LinkMessage.Done("c1", CallStatuses.Interrupted));

        (await RunningAgent.EventsAsync(answer))[^1].ShouldBeOfType<CallDone>().Status.ShouldBe("interrupted");
        (await agent.Http.PostAsync(target, null)).EnsureSuccessStatusCode();
        await RunningAgent.ShouldFailAsync(
            await agent.Http.PostAsync(new Uri("/calls/c9/interrupt", UriKind.Relative), null),
            404,
            AgentErrorCodes.NotFound
        );
    }

    [Fact]
    public async Task A_restarted_agent_replays_what_it_recorded_and_calls_the_rest_lost()
    {
        var agent = await RunningAgent.StartAsync();
        using (var init = await agent.ReadyAsync())
        {
            var answer = agent.PostAsync("c1");
            await init.ReceiveAsync<LinkMessage.Run>();
            init.Send(new LinkMessage.Done("c1", CallStatuses.Ok));
            await RunningAgent.EventsAsync(await answer);
        }

        await agent.StopAsync();
        var log = Path.Combine(agent.Options.State, "calls.ndjson");
        var code = (await File.ReadAllTextAsync(log)).Replace("c1", "c2", StringComparison.Ordinal).Split('\n')[0];
        await File.AppendAllTextAsync(log, code + "\n{\"call\":\"cut");

        await using var next = await RunningAgent.StartAsync(folder: agent.Folder);
        (await RunningAgent.EventsAsync(await next.PostAsync("c1")))[^1]
            .ShouldBeOfType<CallDone>()
            .Status.ShouldBe(CallStatuses.Ok);
        (await RunningAgent.EventsAsync(await next.PostAsync("c2")))[^1]
            .ShouldBeOfType<CallDone>()
            .Status.ShouldBe(CallStatuses.Lost);
    }

    [Fact]
    public async Task What_init_left_out_of_the_output_is_counted_in_the_end()
    {
        await using var agent = await RunningAgent.StartAsync();
        using var init = await agent.ReadyAsync();
        var answer = agent.PostAsync("c1");
        await init.ReceiveAsync<LinkMessage.Run>();
        init.Send(
            new LinkMessage.Output("c1", "stdout", "before"),
            new LinkMessage.Output("c1", "stdout", "after", OmittedBytes: 5000),
            new LinkMessage.Done("c1", CallStatuses.Ok)
        );

        var events = await RunningAgent.EventsAsync(await answer);

        string.Concat(events.OfType<CallOutput>().Select(o => o.Text))
            .ShouldBe("before\n… 5,000 bytes left out …\nafter");
        events[^1].ShouldBeOfType<CallDone>().OmittedBytes.ShouldBe(5000);
    }

    [Fact]
    public async Task A_display_beyond_the_limits_is_left_out_in_words()
    {
        await using var agent = await RunningAgent.StartAsync();
        using var init = await agent.ReadyAsync();
        var answer = agent.PostAsync("c1");
        await init.ReceiveAsync<LinkMessage.Run>();
        var large = new string('x', (8 << 20) + 1);
        init.Send(
            new LinkMessage.Display("c1", false, new Dictionary<string, string> { ["image/png"] = large }),
            new LinkMessage.Display("c1", false, new Dictionary<string, string> { ["image/png"] = "AAAA" }),
            new LinkMessage.Done("c1", CallStatuses.Ok)
        );

        var events = await RunningAgent.EventsAsync(await answer);

        events.OfType<CallDisplay>().Single().Data["image/png"].ShouldBe("AAAA");
        events.OfType<CallOutput>().Single().Text.ShouldContain("was left out: it has 8,388,609 bytes");
    }

    [Fact]
    public async Task A_listener_hears_heartbeats_while_nothing_happens()
    {
        await using var agent = await RunningAgent.StartAsync(o =>
            o with
            {
                Heartbeat = TimeSpan.FromMilliseconds(20),
            }
        );
        using var init = await agent.ReadyAsync();
        using var answer = await agent.PostAsync("c1");
        await init.ReceiveAsync<LinkMessage.Run>();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(deadline.Token));
        var heard = new List<CallEvent>();
        while (heard.OfType<CallHeartbeat>().Count() < 2)
        {
            heard.Add(await EventAsync());
        }

        init.Send(new LinkMessage.Done("c1", CallStatuses.Ok));
        while (heard[^1] is CallHeartbeat)
        {
            heard.Add(await EventAsync());
        }

        heard[0].ShouldBeOfType<CallStarted>();
        heard[^1].ShouldBeOfType<CallDone>();

        async Task<CallEvent> EventAsync() =>
            JsonSerializer.Deserialize((await lines.ReadLineAsync(deadline.Token))!, AgentJson.Default.CallEvent)!;
    }

    [Fact]
    public async Task An_idle_sandbox_ends_with_its_files()
    {
        await using var agent = await RunningAgent.StartAsync();
        var deep = Directory.CreateDirectory(Path.Combine(agent.Data, "a", "b", "c"));
        await File.WriteAllTextAsync(Path.Combine(deep.FullName, "f"), "x");
        File.CreateSymbolicLink(Path.Combine(agent.Data, "link"), agent.Options.State);
        await agent.StopAsync();

        var idle = await RunningAgent.StartAsync(o => o with { IdleTimeout = TimeSpan.FromSeconds(10) }, agent.Folder);
        await idle.Serving.WaitAsync(TimeSpan.FromMinutes(3));

        Directory.EnumerateFileSystemEntries(agent.Data).ShouldBeEmpty();
        Directory.Exists(agent.Options.State).ShouldBeTrue();
    }

    [Fact]
    public async Task A_launch_command_that_fails_is_reported_with_its_last_line()
    {
        await using var agent = await RunningAgent.StartAsync(o =>
            o with
            {
                Launch = ["/bin/sh", "-c", "echo 'no such sandbox' >&2; exit 3"],
            }
        );

        var status = await agent.StatusAsync(s => s.NotReadyReason?.Contains("no such sandbox") == true);

        status.NotReadyReason!.ShouldContain("status 3");
    }
}
