using System.Diagnostics;
using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Benchmarks.Cluster;

/// <summary>Many sessions, made over eight connections and followed until the last one is ready.</summary>
/// <param name="Took">From the first creation to the last Ready.</param>
/// <param name="StatusWrites">How often a session was written after its creation, on average.</param>
/// <param name="Last">One of the sessions, as it was when it became ready.</param>
internal sealed record SessionFleet(TimeSpan Took, double StatusWrites, SandboxSession Last)
{
    public const int Connections = 8;

    public static SandboxSession New(BenchCluster cluster, string name) =>
        new()
        {
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = cluster.Namespace },
            Spec = new SandboxSessionSpec { ThreadId = $"thread-{name}" },
        };

    /// <summary>Runs an action for every number below a count, eight at a time.</summary>
    public static Task ForEachAsync(int count, Func<int, Task> action, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = cancellationToken },
            async (number, _) => await action(number)
        );

    public static async Task<SessionFleet> StartAsync(
        BenchCluster cluster,
        string prefix,
        int count,
        CancellationToken cancellationToken
    )
    {
        var page = await cluster.Client.ListAsync<SandboxSession>(
            new ListQuery(cluster.Namespace),
            1,
            null,
            cancellationToken
        );
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(TimeSpan.FromMinutes(15));
        var began = Stopwatch.GetTimestamp();
        var following = FollowAsync(cluster, prefix, count, page.ResourceVersion, stop.Token);
        await ForEachAsync(
            count,
            number => cluster.Client.CreateAsync(New(cluster, $"{prefix}-{number}"), BenchCluster.Manager, stop.Token),
            stop.Token
        );
        var (writes, last) = await following;
        return new SessionFleet(Stopwatch.GetElapsedTime(began), (double)writes / count, last);
    }

    private static async Task<(int Writes, SandboxSession Last)> FollowAsync(
        BenchCluster cluster,
        string prefix,
        int count,
        string version,
        CancellationToken cancellationToken
    )
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var ready = new HashSet<string>(StringComparer.Ordinal);
        var writes = 0;
        while (true)
        {
            var query = new ListQuery(cluster.Namespace);
            await foreach (
                var change in cluster.Client.WatchAsync<SandboxSession>(query, version, 600, cancellationToken)
            )
            {
                version = change.ResourceVersion;
                if (
                    change is not { Kind: WatchEventKind.Present, Entity: { } session }
                    || !session.Metadata.Name.StartsWith(prefix + "-", StringComparison.Ordinal)
                )
                {
                    continue;
                }

                writes += seen.Add(session.Metadata.Name) ? 0 : 1;
                if (session.Status?.Conditions.IsTrue(ConditionTypes.Ready) == true)
                {
                    ready.Add(session.Metadata.Name);
                }

                if (ready.Count == count)
                {
                    return (writes, session);
                }
            }
        }
    }
}
