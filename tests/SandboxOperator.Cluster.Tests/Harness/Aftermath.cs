using k8s;
using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Cluster.Tests.Harness;

/// <summary>
/// What must hold of a namespace after every bad luck, whatever a test has asserted before: no pod that belongs to
/// nobody, nothing that waits for a finalizer, no session that says Ready and is not.
/// </summary>
internal static class Aftermath
{
    // A pod with a grace period, on a busy node.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Waits until all of it holds; a failure names what does not.</summary>
    public static async Task ShouldBeCleanAsync(this ClusterNamespace space)
    {
        IReadOnlyList<string> problems = [];
        await Eventually.TrueAsync(
            async () => (problems = await ProblemsAsync(space.Name)).Count == 0,
            () => $"nothing is left over in {space.Name}; there is:\n{string.Join('\n', problems)}\n",
            space.Name,
            Deadline
        );
    }

    private static async Task<IReadOnlyList<string>> ProblemsAsync(string space)
    {
        // Owners after what they own: what was made in between must not look like an orphan.
        var pods = await ListAsync<V1Pod>(space, SandboxLabels.Sandbox);
        var sessions = await ListAsync<SandboxSession>(space);
        var pools = await ListAsync<SandboxPool>(space);
        var owners = sessions.Select(each => each.Uid()).Concat(pools.Select(each => each.Uid())).ToHashSet();
        return
        [
            .. Leaving(pods),
            .. Leaving(sessions),
            .. Leaving(pools),
            .. Leaving(await ListAsync<SandboxRuntime>(space)),
            .. pods.Where(pod => pod.OwnerReferences() is not [var owner] || !owners.Contains(owner.Uid))
                .Select(pod => $"pod {pod.Name()} belongs to nobody"),
            .. sessions.SelectMany(session => Problems(session, pods)),
        ];
    }

    private static IEnumerable<string> Problems(SandboxSession session, IReadOnlyList<V1Pod> pods)
    {
        var (name, status) = (session.Name(), session.Status);
        var own = pods.Where(pod => pod.OwnerReferences()?.Any(owner => owner.Uid == session.Uid()) == true).ToList();
        if (own.Count > 1)
        {
            yield return $"session {name} has {own.Count} pods";
        }

        if (status?.Phase is SessionPhases.Expired or SessionPhases.Suspended && own.Count > 0)
        {
            yield return $"session {name} is {status.Phase} and has pod {own[0].Name()}";
        }

        var isReady = status?.Conditions.IsTrue(ConditionTypes.Ready) == true;
        if (isReady != (status?.Phase == SessionPhases.Ready))
        {
            yield return $"session {name} has phase {status?.Phase}, but its condition Ready says {isReady}";
        }

        if (isReady && !own.Any(pod => pod.Uid() == status!.PodRef?.Uid && IsReady(pod)))
        {
            yield return $"session {name} says that it is ready, and its pod {status!.PodRef?.Name} is not";
        }
    }

    private static bool IsReady(V1Pod pod) => pod.Status?.Phase == "Running" && pod.IsUp();

    private static IEnumerable<string> Leaving<T>(IEnumerable<T> objects)
        where T : IKubernetesObject<V1ObjectMeta> =>
        objects
            .Where(each => each.Metadata.DeletionTimestamp is not null)
            .Select(each =>
                $"{typeof(T).Name} {each.Name()} has not gone yet (finalizers: {string.Join(", ", each.Finalizers() ?? [])})"
            );

    private static async Task<IReadOnlyList<T>> ListAsync<T>(string space, string? labels = null)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        (await TestCluster.Client.ListAsync<T>(new ListQuery(space, labels), 1000, null, CancellationToken.None)).Items;
}
