using k8s;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using SandboxOperator.Api.Pools;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Cluster.Tests.Sandboxes;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Sandboxes;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>The API server, or the way to it, breaks while a controller and a gateway work.</summary>
public sealed class ServerLossTests(ClusterNamespace space) : IClassFixture<ClusterNamespace>, IAsyncLifetime
{
    private const int Pool = 3;
    private const int Sessions = 12;
    private readonly PlayedAgents _agents = new();
    private PlayedKubelet _kubelet = null!;

    public async ValueTask InitializeAsync()
    {
        _kubelet = new PlayedKubelet(space.Name);
        await CreateAsync("default", new SandboxRuntime { Spec = new SandboxRuntimeSpec { Image = "runtime:test" } });
        await CreateAsync("warm", new SandboxPool { Spec = new SandboxPoolSpec { Replicas = Pool } });
    }

    public async ValueTask DisposeAsync()
    {
        await _kubelet.DisposeAsync();
        await _agents.DisposeAsync();
    }

    [Fact]
    public async Task Sessions_outlive_the_API_server_and_those_asked_for_meanwhile_come_when_it_is_back()
    {
        Machinery.ShouldBeOurs();
        await using var controller = await RunningController.StartAsync(space);
        await using var gateway = await Replica.StartAsync(space.Name, _agents);
        var (before, meanwhile) = (Key("before"), Key("meanwhile"));
        var sandbox = await gateway.Sandboxes.OpenSoonAsync(before);
        await FullAsync();

        Task<ISandbox> asked = null!;
        await Machinery.RestartApiServerAsync(async () =>
        {
            // What runs goes on, and what needs the server waits for it.
            await (await gateway.Sandboxes.OpenSoonAsync(before)).CallAsync();
            asked = gateway.Sandboxes.OpenSoonAsync(meanwhile);
            await Task.Delay(TimeSpan.FromSeconds(2));
            asked.IsCompleted.ShouldBeFalse();
        });

        await (await asked).CallAsync();
        (await gateway.Sandboxes.OpenSoonAsync(before)).Incarnation.ShouldBe(sandbox.Incarnation);
        await NoticesAsync(gateway, meanwhile);
        await EndAsync();
    }

    [Fact]
    public async Task Connections_that_are_cut_again_and_again_lose_nothing()
    {
        await using var proxy = new TcpProxy(space.Connection.BaseAddress);
        using var way = new ProxiedKubeconfig(proxy);
        await using var controller = await RunningController.StartAsync(space, way.Path);
        await using var gateway = await Replica.StartAsync(space.Name, _agents, kubeconfig: way.Path);
        var keys = Enumerable.Range(0, Sessions).Select(each => Key($"cut{each}")).ToList();

        var opening = Task.WhenAll(keys.Select(gateway.Sandboxes.OpenSoonAsync));
        var cut = 0;
        for (var times = 0; times < 20; times++)
        {
            cut += proxy.Cut();
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        cut.ShouldBeGreaterThan(20);
        (await opening).Select(sandbox => sandbox.Incarnation).ShouldBeUnique();
        await NoticesAsync(gateway, keys[0]);
        await EndAsync();
    }

    [Fact]
    public async Task Connections_that_fall_silent_are_given_up()
    {
        await using var proxy = new TcpProxy(space.Connection.BaseAddress);
        using var way = new ProxiedKubeconfig(proxy);
        await using var controller = await RunningController.StartAsync(space, way.Path, Impatient);
        await using var gateway = await Replica.StartAsync(
            space.Name,
            _agents,
            kubeconfig: way.Path,
            configureServices: Impatient
        );
        var key = Key("silent");
        await gateway.Sandboxes.OpenSoonAsync(key);
        await FullAsync();

        proxy.Swallow();
        proxy.Swallowed.ShouldBeGreaterThan(0);
        await NoticesAsync(gateway, key);
        await (await gateway.Sandboxes.OpenSoonAsync(Key("after-silence"))).CallAsync();
        await EndAsync();
    }

    private static SessionKey Key(string name) => new("loss", $"thread_{name}", 1);

    /// <summary>Servers are silent for a minute at times; a test does not wait so long.</summary>
    private static void Impatient(IServiceCollection services)
    {
        Watch<V1Pod>();
        Watch<V1NetworkPolicy>();
        Watch<SandboxRuntime>();
        Watch<SandboxPool>();
        Watch<SandboxSession>();

        void Watch<T>()
            where T : class, IKubernetesObject<V1ObjectMeta> =>
            services.AddSingleton<Action<ResourceCacheOptions<T>>>(cache =>
                cache.IdleTimeout = TimeSpan.FromSeconds(3)
            );
    }

    /// <summary>The controller notices that a pod is gone, and the gateway that the session has another.</summary>
    private async Task NoticesAsync(Replica gateway, SessionKey key)
    {
        var before = await gateway.Sandboxes.OpenSoonAsync(key);
        var session = await Eventually.FindAsync<SandboxSession>(space.Key(key.Name), _ => true, "exists");
        var pod = session.Status!.PodRef!;
        _agents.Unreachable[pod.Name] = true;
        await space.Client.DeleteAsync<V1Pod>(space.Key(pod.Name), null, CancellationToken.None);
        await Eventually.FindAsync<SandboxSession>(
            space.Key(key.Name),
            each =>
                each.Status is { Phase: SessionPhases.Ready, Replacements: 1 } && each.Status.PodRef!.Uid != pod.Uid,
            "has another pod"
        );
        await Eventually.TrueAsync(
            async () => (await gateway.Sandboxes.OpenSoonAsync(key)).VolumeId != before.VolumeId,
            () => $"the gateway has noticed that {key.Name} has another pod",
            space.Name
        );
        await gateway.Sandboxes.CallAsync(key);
    }

    private Task FullAsync() =>
        Eventually.FindAsync<SandboxPool>(
            space.Key("warm"),
            pool => pool.Status is { Replicas: Pool, ReadyReplicas: Pool },
            "is full"
        );

    /// <summary>Waits until everything is as it should be, and removes all for the next test.</summary>
    private async Task EndAsync()
    {
        var sessions = await Eventually.ListAsync<SandboxSession>(
            space.Name,
            labels: null,
            found => found.All(session => session.Status?.Phase == SessionPhases.Ready),
            "all sessions are ready"
        );
        // The pool's status may not know of its latest losses yet, the list of pods does.
        await Eventually.ListAsync<V1Pod>(
            space.Name,
            labels: null,
            pods => pods.Count == sessions.Count + Pool,
            "every session has one and the pool is full"
        );
        await FullAsync();
        await space.ShouldBeCleanAsync();
        foreach (var session in sessions)
        {
            await space.Client.DeleteAsync<SandboxSession>(ObjectKey.Of(session), null, CancellationToken.None);
        }

        await space.Client.DeleteAsync<SandboxPool>(space.Key("warm"), null, CancellationToken.None);
        await space.Client.DeleteAsync<SandboxRuntime>(space.Key("default"), null, CancellationToken.None);
        await Eventually.ListAsync<V1Pod>(space.Name, labels: null, found => found.Count == 0, "no pod is left");
        await Eventually.ListAsync<SandboxPool>(space.Name, labels: null, found => found.Count == 0, "no pool is left");
    }

    private Task CreateAsync<T>(string name, T entity)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        entity.Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = space.Name };
        return space.Client.CreateAsync(entity, TestCluster.FieldManager, CancellationToken.None);
    }
}
