using SandboxOperator.Api.Sessions;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Cluster.Tests.Sandboxes;
using SandboxOperator.Sandboxes;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>Calls around the moment at which their session ends, with gateway, controller and a real API server.</summary>
public sealed class ExpiryRaceTests(ControllerFixture fixture) : IClassFixture<ControllerFixture>, IAsyncLifetime
{
    private const int Threads = 40;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(12);

    // The calls come so much before and after the moment.
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(1);
    private readonly PlayedAgents _agents = new();
    private Replica _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        var runtime = $"brief-{Guid.NewGuid():N}";
        await fixture.CreateRuntimeAsync(runtime);
        _gateway = await Replica.StartAsync(
            fixture.Space.Name,
            _agents,
            options => (options.Runtime, options.IdleTimeout) = (runtime, Idle)
        );
    }

    public async ValueTask DisposeAsync()
    {
        await fixture.Space.ShouldBeCleanAsync();
        await _gateway.DisposeAsync();
        await _agents.DisposeAsync();
    }

    [Fact]
    public async Task A_call_in_the_second_its_session_ends_runs_in_it_or_in_the_next()
    {
        var ran = await Task.WhenAll(
            Enumerable
                .Range(0, Threads)
                .Select(each => CallAroundTheEndAsync(each, Spread * (2.0 * each / Threads - 1)))
        );

        // No call was lost, or this would have thrown; and none ran in anything but the session or its successor.
        ran.ShouldAllBe(key => key.Ordinal == 1 || key.Ordinal == 2);
        ran.Select(key => key.ThreadId).ShouldBeUnique();
    }

    [Fact]
    public async Task Calls_go_on_as_long_as_they_come_in_time_and_after_the_end_there_is_a_new_session()
    {
        var key = new SessionKey("race", "thread_used", 1);
        var first = await _gateway.Sandboxes.OpenSoonAsync(key);
        await first.CallAsync();
        await fixture.SessionAsync(key.Name, each => each.Status?.Phase == SessionPhases.Expired, "has ended");
        var ran = await _gateway.Sandboxes.CallAsync(key);
        ran.Ordinal.ShouldBe(2);
        (await _gateway.Sandboxes.OpenSoonAsync(ran)).VolumeId.ShouldNotBe(first.VolumeId);
    }

    private async Task<SessionKey> CallAroundTheEndAsync(int thread, TimeSpan offset)
    {
        var key = new SessionKey("race", $"thread_{thread}", 1);
        await _gateway.Sandboxes.OpenSoonAsync(key);
        var session = await fixture.SessionAsync(key.Name, each => each.Status?.ExpiresAt is not null, "has an end");
        var wait = session.Status!.ExpiresAt!.Value + offset - TimeProvider.System.GetUtcNow();
        await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
        return await _gateway.Sandboxes.CallAsync(key);
    }
}
