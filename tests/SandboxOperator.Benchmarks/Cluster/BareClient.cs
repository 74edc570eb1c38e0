using System.Diagnostics;
using k8s.Models;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Benchmarks.Cluster;

/// <summary>Writes what the controller and the nodes write for sessions, and decides nothing.</summary>
internal static class BareClient
{
    /// <summary>Writes the same for so many sessions, over as many connections, and takes it away again.</summary>
    /// <param name="cluster">The cluster, without a controller.</param>
    /// <param name="count">How many sessions.</param>
    /// <param name="like">A session that is ready.</param>
    /// <param name="pod">Its pod.</param>
    /// <param name="statusWrites">How often the status is written.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How long the writing took.</returns>
    public static async Task<TimeSpan> WriteAsync(
        BenchCluster cluster,
        int count,
        SandboxSession like,
        V1Pod pod,
        int statusWrites,
        CancellationToken cancellationToken
    )
    {
        var client = cluster.Client;
        var began = Stopwatch.GetTimestamp();
        await SessionFleet.ForEachAsync(count, WriteAsync, cancellationToken);
        var took = Stopwatch.GetElapsedTime(began);
        await SessionFleet.ForEachAsync(count, RemoveAsync, cancellationToken);
        return took;

        async Task WriteAsync(int number)
        {
            var name = $"bare-{number}";
            // 1. The session.
            var session = await client.CreateAsync(
                SessionFleet.New(cluster, name),
                BenchCluster.Manager,
                cancellationToken
            );

            // 2. Its pod, and what the nodes say of it.
            var own = new V1Pod
            {
                Metadata = new V1ObjectMeta
                {
                    Name = name,
                    NamespaceProperty = cluster.Namespace,
                    Annotations = pod.Metadata.Annotations,
                    Labels = pod
                        .Metadata.Labels.Where(label => label.Key.EndsWith("hash", StringComparison.Ordinal))
                        .ToDictionary(),
                },
                Spec = pod.Spec,
            };
            await client.CreateAsync(own, BenchCluster.Manager, cancellationToken);
            await client.PatchAsync<V1Pod>(
                cluster.Key(name),
                NodeSimulator.Ready,
                BenchCluster.Manager,
                "status",
                cancellationToken
            );

            // 3. The session's status, and the event that tells of its claim.
            for (var write = 1; write <= statusWrites; write++)
            {
                var status = like.Status! with { Replacements = write };
                session = await client.ApplyStatusAsync(
                    session,
                    status,
                    BenchCluster.Manager,
                    unchanged: false,
                    cancellationToken
                );
            }

            await client.CreateAsync(Event(name), BenchCluster.Manager, cancellationToken);
        }

        async Task RemoveAsync(int number)
        {
            var key = cluster.Key($"bare-{number}");
            await client.DeleteAsync<SandboxSession>(key, null, cancellationToken);
            await client.DeleteAsync<V1Pod>(key, new DeletePreconditions(GracePeriodSeconds: 0), cancellationToken);
        }

        Corev1Event Event(string name) =>
            new()
            {
                Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = cluster.Namespace },
                InvolvedObject = new V1ObjectReference
                {
                    Kind = "SandboxSession",
                    Name = name,
                    NamespaceProperty = cluster.Namespace,
                },
                Type = "Normal",
                Reason = "Claimed",
                Message = $"Pod {name} was made for the session.",
            };
    }
}
