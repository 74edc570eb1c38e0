using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Api.Agent;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Sandboxes.Kubernetes;
using SandboxOperator.Sandboxes.Kubernetes.Prepared;
using SandboxOperator.Sandboxes.Tests.Fakes;
using Shouldly;
using Xunit;

namespace SandboxOperator.Sandboxes.Tests.Kubernetes.Prepared;

public sealed class EarlyAgentTests : IAsyncLifetime
{
    private static readonly PodReference Pod = new() { Name = "pod", Uid = "uid-1" };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly AgentStatus Ready = new()
    {
        Incarnation = "i",
        Version = "1",
        Ready = true,
        KernelConnected = true,
        Isolation = [new IsolationCheck("tcp", Blocked: true, "not permitted")],
    };

    private readonly FakeTimeProvider _time = new();
    private readonly SemaphoreSlim _changed = new(0);
    private FakeAgent _agent = null!;
    private Streams _streams = null!;
    private EarlyAgent _early = null!;
    private Func<HttpContext, Task<AgentStatus>> _answer = _ => Task.FromResult(Ready);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _agent = await FakeAgent.StartAsync(async context =>
            await FakeAgent.WriteAsync(
                context,
                JsonSerializer.Serialize(await _answer(context), AgentJson.Default.AgentStatus)
            )
        );
        _streams = new Streams(_agent.SocketPath);
        _early = new EarlyAgent(_streams, _time, () => _changed.Release());
    }

    public async ValueTask DisposeAsync()
    {
        _early.Dispose();
        await _agent.DisposeAsync();
        _changed.Dispose();
    }

    [Fact]
    public async Task An_agent_that_says_that_code_can_run_is_handed_out_once()
    {
        string? asked = null;
        _answer = context =>
        {
            asked = context.Request.QueryString.Value;
            return Task.FromResult(Ready);
        };
        _early.Begin(Pod);
        _early.Begin(Pod);
        _streams.Opened.ShouldBe(0, "a container does not start at once");
        _early.Take(Pod).ShouldBeNull();
        _time.Advance(EarlyAgent.FirstPause);
        await ChangedAsync();

        asked.ShouldBe($"?{AgentLocation.AwaitReady}={AgentLocation.LongestAwaitSeconds}");
        _early.Take(Pod with { Uid = "uid-2" }).ShouldBeNull();
        using var agent = _early.Take(Pod).ShouldNotBeNull();
        (agent.Pod, agent.Status.Incarnation).ShouldBe((Pod, "i"));
        _early.Take(Pod).ShouldBeNull();
        _early.Dispose();
        (await agent.Client.GetStatusAsync(Stop)).Ready.ShouldBeTrue("who has it keeps it");
        _streams.Opened.ShouldBe(1, "the connection is the same");
    }

    [Fact]
    public async Task It_tries_again_until_the_container_runs()
    {
        _streams.Refusals = 3;
        _early.Begin(Pod);
        _time.Advance(EarlyAgent.FirstPause);
        while (!await _changed.WaitAsync(TimeSpan.FromMilliseconds(20), Stop))
        {
            _time.Advance(EarlyAgent.Pause);
        }

        _early.Take(Pod).ShouldNotBeNull().Dispose();
        _streams.Refusals.ShouldBe(0);
    }

    [Fact]
    public async Task An_agent_that_answers_at_once_is_asked_until_its_kernel_is_up()
    {
        var starting = 2;
        _answer = _ => Task.FromResult(starting-- > 0 ? Ready with { Ready = false } : Ready);
        _early.Begin(Pod);
        while (!await _changed.WaitAsync(TimeSpan.FromMilliseconds(20), Stop))
        {
            _time.Advance(EarlyAgent.FirstPause);
        }

        _early.Take(Pod).ShouldNotBeNull().Dispose();
    }

    [Fact]
    public async Task An_agent_whose_sandbox_can_get_out_is_not_handed_out()
    {
        var asked = new TaskCompletionSource();
        _answer = _ =>
        {
            asked.TrySetResult();
            return Task.FromResult(Ready with { Isolation = [new IsolationCheck("dns", Blocked: false, "open")] });
        };
        _early.Begin(Pod);
        _time.Advance(EarlyAgent.FirstPause);
        await asked.Task.WaitAsync(Patience, Stop);

        (await _early.TakeAsync(Pod, Patience, Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task A_pod_that_is_known_to_be_ready_waits_a_moment_for_an_agent_that_is_being_asked()
    {
        var answer = new TaskCompletionSource<AgentStatus>();
        _answer = _ => answer.Task;
        _early.Begin(Pod);
        _time.Advance(EarlyAgent.FirstPause);
        var moment = TimeSpan.FromSeconds(1);

        var waiting = _early.TakeAsync(Pod, moment, Stop);
        _time.Advance(moment);
        (await waiting).ShouldBeNull();

        waiting = _early.TakeAsync(Pod, moment, Stop);
        answer.SetResult(Ready);
        (await waiting).ShouldNotBeNull().Dispose();
    }

    [Fact]
    public async Task Of_a_pod_that_was_replaced_nothing_is_handed_out()
    {
        _early.Begin(Pod);
        _time.Advance(EarlyAgent.FirstPause);
        await ChangedAsync();
        var next = Pod with { Uid = "uid-2" };
        _early.Begin(next);
        _early.Take(Pod).ShouldBeNull();
        _time.Advance(EarlyAgent.FirstPause);
        await ChangedAsync();

        _early.Take(next).ShouldNotBeNull().Dispose();
    }

    [Fact]
    public void After_the_end_nothing_begins()
    {
        _early.Dispose();
        _early.Begin(Pod);
        _time.Advance(EarlyAgent.FirstPause);
        _early.Take(Pod).ShouldBeNull();
        _streams.Opened.ShouldBe(0);
    }

    private async Task ChangedAsync() => (await _changed.WaitAsync(Patience, Stop)).ShouldBeTrue();

    private sealed class Streams(string socket) : IAgentStreams
    {
        private int _opened;

        public int Refusals { get; set; }

        public int Opened => Volatile.Read(ref _opened);

        public async ValueTask<Stream> OpenAsync(PodReference pod, CancellationToken cancellationToken)
        {
            if (Refusals > 0)
            {
                Refusals--;
                throw new IOException("container not found");
            }

            Interlocked.Increment(ref _opened);
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
            return new NetworkStream(connection, ownsSocket: true);
        }
    }
}
