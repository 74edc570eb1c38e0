using System.Diagnostics;
using System.Text;
using SandboxOperator.Api.Agent;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Serve;

[Trait("Category", "Slow")]
public sealed class LaunchedAgentTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Code_runs_and_files_go_in_and_out()
    {
        await using var agent = await LaunchedAgent.StartAsync();
        var status = await agent.StatusAsync(status => status.Ready);
        status.Isolation.ShouldNotBeEmpty();
        status.Isolation.ShouldAllBe(check => check.Blocked);
        status
            .Limits.Select(limit => limit.Resource)
            .ShouldBe(["memory", "processes", "disk", "output", "time"], ignoreOrder: true);

        Text(await agent.RunAsync("print(1+1)")).ShouldBe("2\n");
        var upload = new ByteArrayContent(Encoding.UTF8.GetBytes("a,b\n1,2\n"));
        (await agent.Http.PutAsync(FileAt("in.csv"), upload)).EnsureSuccessStatusCode();
        var events = await agent.RunAsync(
            "import pandas; d = pandas.read_csv('in.csv'); d.to_csv('/mnt/data/out.csv', index=False); d.b[0]"
        );

        events.OfType<CallDisplay>().Single().Data["text/plain"].ShouldBe("2");
        events.OfType<CallFiles>().Single().Files.Select(file => file.Path).ShouldBe(["out.csv"]);
        (await agent.Http.GetStringAsync(FileAt("out.csv"))).ShouldBe("a,b\n1,2\n");
    }

    [Fact]
    public async Task A_sandbox_killed_in_the_middle_of_a_call_ends_it_in_words_and_the_next_call_works()
    {
        await using var agent = await LaunchedAgent.StartAsync();
        var before = await agent.StatusAsync(status => status.Ready);
        await agent.RunAsync("x = 1");
        using var answer = await agent.StartCallAsync("print('started', flush=True)\nimport time; time.sleep(600)");
        await agent.StatusAsync(status => status.RunningCall is not null);

        foreach (var process in agent.Descendants())
        {
            process.Kill();
        }

        var events = await RunningAgent.EventsAsync(answer);
        var done = events[^1].ShouldBeOfType<CallDone>();
        (done.Status, done.StateLost).ShouldBe((CallStatuses.Killed, true));
        done.Message.ShouldNotBeNull().ShouldContain("variables are lost");
        (await agent.StatusAsync(status => status.Ready)).Incarnation.ShouldBe(before.Incarnation);
        Text(await agent.RunAsync("print('x' in globals(), 2+2)")).ShouldBe("False 4\n");
    }

    [Fact]
    public async Task A_stop_leaves_no_process_and_keeps_the_files()
    {
        await using var agent = await LaunchedAgent.StartAsync();
        await agent.StatusAsync(status => status.Ready);
        await agent.RunAsync(
            "open('kept', 'w').write('x')\nimport subprocess; p = subprocess.Popen(['sleep', '600'], start_new_session=True)"
        );
        var family = agent.Descendants();
        family.Count.ShouldBeGreaterThan(3);

        await agent.SignalAsync("TERM");

        (await agent.ExitAsync()).ShouldBe(0);
        using var deadline = new CancellationTokenSource(Patience);
        foreach (var process in family)
        {
            await process.WaitForExitAsync(deadline.Token);
        }

        agent.Files().ShouldBe(["kept"]);
    }

    [Fact]
    public async Task Code_cannot_pass_itself_off_as_init_beside_it()
    {
        await using var agent = await LaunchedAgent.StartAsync();
        await agent.StatusAsync(status => status.Ready);
        const string Code = """
            import socket
            with socket.socket(socket.AF_UNIX) as s:
                try:
                    s.connect('/run/sandbox/kernel')
                    print('connected')
                except OSError as e:
                    print('refused')
            """;

        Text(await agent.RunAsync(Code)).ShouldBe("refused\n");
        Text(await agent.RunAsync("print(s.fileno())")).ShouldBe("-1\n");
    }

    [Fact]
    public async Task A_program_that_is_not_process_1_is_not_taken_for_init()
    {
        const string Impostor = """
            import os, socket, time
            if os.fork() == 0:
                s = socket.socket(socket.AF_UNIX)
                s.connect('/run/sandbox/kernel')
                s.sendall(b'{"type":"hello","version":1,"limits":[],"isolation":[]}\\n{"type":"ready"}\\n')
                s.recv(1)
            time.sleep(600)
            """;
        await using var agent = await LaunchedAgent.StartAsync(["/usr/bin/python3", "-c", Impostor]);

        // Every status until the refusal is in the log, and the one after it.
        var refused = false;
        await agent.StatusAsync(status =>
        {
            status.Ready.ShouldBeFalse();
            var enough = refused;
            refused = agent.Log.Contains("is not init", StringComparison.Ordinal);
            return enough;
        });
    }

    [Fact]
    public async Task Attach_joins_its_standard_streams_to_the_socket()
    {
        await using var agent = await RunningAgent.StartAsync();
        var start = new ProcessStartInfo(
            await Testing.AgentBinary.PathAsync(),
            ["attach", "--socket", agent.Options.Socket]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var attach = Process.Start(start)!;
        await attach.StandardInput.WriteAsync("GET /status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        await attach.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        using var deadline = new CancellationTokenSource(Patience);

        var answer = await attach.StandardOutput.ReadToEndAsync(deadline.Token);
        await attach.WaitForExitAsync(deadline.Token);

        answer.ShouldStartWith("HTTP/1.1 200 OK");
        answer.ShouldContain((await agent.StatusAsync(_ => true)).Incarnation);
        attach.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Whoever_attaches_and_reads_no_more_harms_nobody()
    {
        await using var agent = await LaunchedAgent.StartAsync();
        await agent.StatusAsync(status => status.Ready);
        (
            await agent.Http.PutAsync(FileAt("big.bin"), new ByteArrayContent(new byte[8 << 20]))
        ).EnsureSuccessStatusCode();
        var binary = await Testing.AgentBinary.PathAsync();
        var start = new ProcessStartInfo(
            "/bin/sh",
            [
                "-c",
                $"printf 'GET /files/big.bin HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n' | {{ cat; sleep 60; }} | {binary} attach --socket {agent.Socket} | head -c 100000",
            ]
        )
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var shell = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Patience);

        // Its reader goes away after so much, and the agent writes into nothing.
        await shell.StandardOutput.BaseStream.ReadExactlyAsync(new byte[100_000], deadline.Token);

        shell.Kill(entireProcessTree: true);
        Text(await agent.RunAsync("print(1+1)")).ShouldBe("2\n");
    }

    private static Uri FileAt(string path) => new($"/files/{path}", UriKind.Relative);

    private static string Text(List<CallEvent> events)
    {
        events[^1].ShouldBeOfType<CallDone>().Status.ShouldBe(CallStatuses.Ok);
        return string.Concat(events.OfType<CallOutput>().Select(output => output.Text));
    }
}
