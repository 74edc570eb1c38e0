using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using SandboxOperator.Api.Pools;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Cluster.Tests.Sandboxes;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Sandboxes;
using SandboxOperator.Testing;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>Clocks that are two minutes apart: the controller's and a gateway's, against a real API server with the right one.</summary>
public sealed class ClockTests(ClusterNamespace space) : IClassFixture<ClusterNamespace>
{
    private const double TwoMinutes = 120;

    [Theory]
    [InlineData(0, TwoMinutes)]
    [InlineData(0, -TwoMinutes)]
    [InlineData(TwoMinutes, 0)]
    [InlineData(-TwoMinutes, 0)]
    public async Task Sessions_start_live_while_they_are_used_and_end_when_they_are_not(
        double controllerSkew,
        double gatewaySkew
    )
    {
        var name = FormattableString.Invariant($"skew-{controllerSkew + 1000}-{gatewaySkew + 1000}");
        var controllerTime = new SkewedTime(TimeSpan.FromSeconds(controllerSkew));
        var gatewayTime = new SkewedTime(TimeSpan.FromSeconds(gatewaySkew));
        void Advance(TimeSpan by)
        {
            controllerTime.Advance(by);
            gatewayTime.Advance(by);
        }

        // Pods need a while: who believes their times must not take them for late.
        await using var kubelet = new PlayedKubelet(space.Name, IsYoung);
        await using var agents = new PlayedAgents();
        await using var controller = await RunningController.StartAsync(
            space,
            configure: services => services.AddSingleton<TimeProvider>(controllerTime)
        );
        await using var gateway = await Replica.StartAsync(
            space.Name,
            agents,
            options => options.Runtime = name,
            configureServices: services => services.AddSingleton<TimeProvider>(gatewayTime)
        );

        // 1. A sandbox starts, cold, and a pool fills.
        await CreateAsync(name, new SandboxRuntime { Spec = new SandboxRuntimeSpec { Image = "runtime:test" } });
        await Eventually.FindAsync<SandboxRuntime>(
            space.Key(name),
            ControllerFixture.IsKnown,
            "is known to the controller"
        );
        var key = new SessionKey("clocks", $"thread_{name}", 1);
        var first = await gateway.Sandboxes.OpenSoonAsync(key);
        await first.CallAsync();
        await CreateAsync(
            name,
            new SandboxPool
            {
                Spec = new SandboxPoolSpec
                {
                    RuntimeRef = new LocalReference { Name = name },
                    Replicas = 1,
                },
            }
        );
        await Eventually.FindAsync<SandboxPool>(
            space.Key(name),
            pool => pool.Status?.ReadyReplicas == 1,
            "has one ready"
        );

        // 2. A call every 57 minutes keeps the session, which may be idle for an hour.
        for (var use = 1; use <= 2; use++)
        {
            var before = await SessionAsync(key, _ => true);
            Advance(TimeSpan.FromMinutes(57));
            var same = await gateway.Sandboxes.OpenSoonAsync(key);
            await same.CallAsync();
            same.VolumeId.ShouldBe(first.VolumeId);
            await SessionAsync(
                key,
                session => session.Status!.ExpiresAt > before.Status!.ExpiresAt!.Value.AddMinutes(50)
            );
        }

        // 3. Without calls it ends. The controller's timers have not seen the clock move: something has to wake it.
        Advance(TimeSpan.FromMinutes(63));
        await Kubectl.RunAsync("--namespace", space.Name, "label", "sbx", key.Name, "touched=yes");
        await SessionAsync(key, session => session.Status?.Phase == SessionPhases.Expired);
        await Should.ThrowAsync<SessionEndedException>(() => gateway.Sandboxes.OpenSoonAsync(key));
        await space.Client.DeleteAsync<SandboxPool>(space.Key(name), null, CancellationToken.None);
        await space.ShouldBeCleanAsync();
    }

    private static bool IsYoung(V1Pod pod) =>
        TimeProvider.System.GetUtcNow().UtcDateTime < pod.CreationTimestamp()!.Value.AddSeconds(2);

    private Task<SandboxSession> SessionAsync(SessionKey key, Func<SandboxSession, bool> condition) =>
        Eventually.FindAsync(space.Key(key.Name), condition, "is as the clocks say");

    private Task CreateAsync<T>(string name, T entity)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta>
    {
        entity.Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = space.Name };
        return space.Client.CreateAsync(entity, TestCluster.FieldManager, CancellationToken.None);
    }
}
