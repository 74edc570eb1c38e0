using SandboxOperator.Api.Resources;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Cluster.Tests.Sandboxes;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Sandboxes;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>Many who want something at once, of gateways and a controller, against a real API server.</summary>
public sealed class CrowdTests(ControllerFixture fixture) : IClassFixture<ControllerFixture>, IAsyncLifetime
{
    private readonly PlayedAgents _agents = new();

    private string Space => fixture.Space.Name;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await fixture.Space.ShouldBeCleanAsync();
        await _agents.DisposeAsync();
    }

    [Fact]
    public async Task Ten_gateways_that_want_the_session_of_one_thread_get_one_session()
    {
        await fixture.CreateRuntimeAsync("one");
        await fixture.CreatePoolAsync("one", "one", replicas: 2);
        await fixture.ReadyPoolAsync("one", 2);
        var gateways = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => GatewayAsync("one")));
        var key = new SessionKey("crowd", "thread_one", 1);

        var opened = await Task.WhenAll(gateways.Select(gateway => gateway.Sandboxes.OpenSoonAsync(key)));
        opened.Select(sandbox => sandbox.Incarnation).Distinct().ShouldHaveSingleItem();
        await Task.WhenAll(opened.Select(sandbox => sandbox.CallAsync()));

        var query = new ListQuery(Space);
        var sessions = await fixture.Space.Client.ListAsync<SandboxSession>(query, 1000, null, CancellationToken.None);
        sessions.Items.Where(session => session.Spec.ThreadId == "thread_one").ShouldHaveSingleItem();
        (await fixture.PodsAsync(SandboxLabels.Session, key.Name)).ShouldHaveSingleItem();
        await fixture.ReadyPoolAsync("one", 2);
        foreach (var gateway in gateways)
        {
            await gateway.DisposeAsync();
        }
    }

    [Fact]
    public async Task Fifty_sessions_at_once_get_sandboxes_from_a_pool_of_five_and_the_pool_is_full_again()
    {
        await fixture.CreateRuntimeAsync("five");
        await fixture.CreatePoolAsync("five", "five", replicas: 5);
        await fixture.ReadyPoolAsync("five", 5);
        await using var gateway = await GatewayAsync("five");
        var keys = Enumerable.Range(0, 50).Select(each => new SessionKey("crowd", $"thread_five{each}", 1)).ToList();

        var opened = await Task.WhenAll(keys.Select(gateway.Sandboxes.OpenSoonAsync));
        opened.Select(sandbox => sandbox.Incarnation).ShouldBeUnique();
        await Task.WhenAll(opened.Select(sandbox => sandbox.CallAsync()));

        var infos = (await gateway.Sandboxes.ListAsync(CancellationToken.None)).Where(info => keys.Contains(info.Key));
        infos.Count(info => info.Launch == SandboxLaunch.Warm).ShouldBeGreaterThanOrEqualTo(5);
        // The pool's status may not know of its latest losses yet, the list of pods does.
        await Eventually.ListAsync<k8s.Models.V1Pod>(
            Space,
            $"{SandboxLabels.Runtime}=five",
            pods => pods.Count == 55,
            "fifty have one each and the pool is full again"
        );
        await fixture.ReadyPoolAsync("five", 5);
        await Task.WhenAll(keys.Select(key => gateway.Sandboxes.EndAsync(key, CancellationToken.None)));
        await Eventually.ListAsync<k8s.Models.V1Pod>(
            Space,
            $"{SandboxLabels.Runtime}=five",
            pods => pods.Count == 5,
            "only the pool is left"
        );
    }

    private Task<Replica> GatewayAsync(string runtime) =>
        Replica.StartAsync(Space, _agents, options => options.Runtime = runtime);
}
