using k8s.Models;
using SandboxOperator.Api.Pools;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>A namespace, a controller, and one who plays the kubelet. Pods whose name begins with "held" are left to the test.</summary>
public sealed class ControllerFixture : IAsyncLifetime
{
    private const string HeldBack = "held";
    private PlayedKubelet? _kubelet;

    public ClusterNamespace Space { get; } = new();

    internal RunningController Controller { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Space.InitializeAsync();
        Controller = await RunningController.StartAsync(Space);
        _kubelet = new PlayedKubelet(Space.Name, IsHeldBack);
    }

    public async ValueTask DisposeAsync()
    {
        await Space.DisposeAsync();
        await Controller.DisposeAsync();
        await _kubelet!.DisposeAsync();
    }

    internal static bool IsHeldBack(V1Pod pod) => pod.Metadata.Name.StartsWith(HeldBack, StringComparison.Ordinal);

    /// <summary>Makes a runtime that the controller knows: what comes after it may reach the controller on a faster watch.</summary>
    internal async Task<SandboxRuntime> CreateRuntimeAsync(string name, SandboxRuntimeSpec? spec = null)
    {
        await CreateAsync(
            new SandboxRuntime { Spec = spec ?? new SandboxRuntimeSpec { Image = "runtime:test" } },
            name
        );
        return await Eventually.FindAsync<SandboxRuntime>(Space.Key(name), IsKnown, "is known to the controller");
    }

    internal static bool IsKnown(SandboxRuntime runtime) => runtime.Status is not null;

    internal Task<SandboxPool> CreatePoolAsync(string name, string runtime, int replicas, int minReady = 0) =>
        CreateAsync(
            new SandboxPool
            {
                Spec = new SandboxPoolSpec
                {
                    RuntimeRef = new LocalReference { Name = runtime },
                    Replicas = replicas,
                    MinReady = minReady,
                },
            },
            name
        );

    internal Task<SandboxSession> CreateSessionAsync(string name, string runtime, SandboxSessionSpec? spec = null) =>
        CreateAsync(
            new SandboxSession
            {
                Spec = (spec ?? new SandboxSessionSpec()) with { RuntimeRef = new LocalReference { Name = runtime } },
            },
            name
        );

    internal Task<SandboxSession> SessionAsync(string name, Func<SandboxSession, bool> condition, string what) =>
        Eventually.FindAsync(Space.Key(name), condition, what);

    internal Task<SandboxSession> ReadySessionAsync(string name) =>
        SessionAsync(name, session => session.Status?.Phase == SessionPhases.Ready, "is ready");

    /// <summary>Waits until a session is not ready for a reason.</summary>
    internal async Task<Condition> ReasonAsync(string name, string reason)
    {
        var session = await SessionAsync(name, each => Ready(each)?.Reason == reason, $"says {reason}");
        return Ready(session)!;
    }

    /// <summary>Waits until a runtime says why sessions cannot, or can, use it.</summary>
    internal Task<SandboxRuntime> RuntimeReasonAsync(string name, string reason) =>
        Eventually.FindAsync<SandboxRuntime>(
            Space.Key(name),
            runtime => runtime.Status?.Conditions.Find(ConditionTypes.Ready)?.Reason == reason,
            $"says {reason}"
        );

    /// <summary>Waits until a pool has so many ready sandboxes.</summary>
    internal Task<SandboxPool> ReadyPoolAsync(string name, int ready) =>
        Eventually.FindAsync<SandboxPool>(
            Space.Key(name),
            pool => pool.Status?.ReadyReplicas == ready && pool.Status.Replicas == ready,
            $"has {ready} ready"
        );

    /// <summary>The pods that belong to a session, those that are leaving excluded.</summary>
    internal async Task<IReadOnlyList<V1Pod>> PodsAsync(string label, string value)
    {
        var query = new ListQuery(Space.Name, $"{label}={value}");
        var page = await Space.Client.ListAsync<V1Pod>(query, 1000, null, CancellationToken.None);
        return [.. page.Items.Where(pod => pod.Metadata.DeletionTimestamp is null)];
    }

    internal Task<V1Pod> PodAsync(string name) => Eventually.FindAsync<V1Pod>(Space.Key(name), _ => true, "exists");

    internal Task<T> ChangeAsync<T>(string name, object change)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta> =>
        Space.Client.PatchAsync<T>(
            Space.Key(name),
            new V1Patch(change, V1Patch.PatchType.MergePatch),
            TestCluster.FieldManager,
            subresource: null,
            CancellationToken.None
        );

    /// <summary>Waits for an event of a session that tells of something.</summary>
    internal Task EventAsync(string session, string reason, string of = "") =>
        Eventually.ListAsync<Corev1Event>(
            Space.Name,
            labels: null,
            events =>
                events.Any(each =>
                    each.InvolvedObject.Name == session
                    && each.Reason == reason
                    && each.Message.Contains(of, StringComparison.Ordinal)
                ),
            $"an event {reason} of {session}"
        );

    /// <summary>
    /// How a session was written after it was created, until something holds or it is deleted: also what lasts too short
    /// for one who looks now and then.
    /// </summary>
    internal async Task<IReadOnlyList<SandboxSession>> VersionsAsync(
        SandboxSession created,
        Func<SandboxSession, bool> until
    )
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var versions = new List<SandboxSession>();
        var query = new ListQuery(Space.Name, FieldSelector: $"metadata.name={created.Metadata.Name}");
        await foreach (
            var change in Space.Client.WatchAsync<SandboxSession>(
                query,
                created.Metadata.ResourceVersion,
                seconds: (int)Eventually.Deadline.TotalSeconds,
                deadline.Token
            )
        )
        {
            if (change.Kind == WatchEventKind.Deleted)
            {
                return versions;
            }

            if (change.Entity is { } version)
            {
                versions.Add(version);
                if (until(version))
                {
                    return versions;
                }
            }
        }

        throw new InvalidOperationException($"The watch of session {created.Metadata.Name} ended before its time.");
    }

    internal static Condition? Ready(SandboxSession session) => session.Status?.Conditions.Find(ConditionTypes.Ready);

    private async Task<T> CreateAsync<T>(T entity, string name)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta>
    {
        entity.Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = Space.Name };
        return await Space.Client.CreateAsync(entity, TestCluster.FieldManager, CancellationToken.None);
    }
}
