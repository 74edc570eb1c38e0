using System.Diagnostics;
using System.Globalization;
using k8s.Models;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Exec;

namespace SandboxOperator.Benchmarks.Cluster;

/// <summary>A pod of the runtime's image that only sleeps: what any sandbox in a pod has to wait for.</summary>
internal static class BarePod
{
    public const string Image = "localhost/sandbox-operator/runtime:dev";

    private const string Container = "bare";

    /// <summary>From its creation to Ready.</summary>
    public static async Task<double> StartAsync(BenchCluster cluster, string name, CancellationToken cancellationToken)
    {
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = cluster.Namespace },
            Spec = new V1PodSpec
            {
                TerminationGracePeriodSeconds = 0,
                AutomountServiceAccountToken = false,
                Containers =
                [
                    new V1Container
                    {
                        Name = Container,
                        Image = Image,
                        ImagePullPolicy = "Never",
                        Command = ["/bin/sleep", "3600"],
                    },
                ],
            },
        };
        var query = new ListQuery(cluster.Namespace, FieldSelector: $"metadata.name={name}");
        var version = (await cluster.Client.ListAsync<V1Pod>(query, 1, null, cancellationToken)).ResourceVersion;
        var began = Stopwatch.GetTimestamp();
        await cluster.Client.CreateAsync(pod, BenchCluster.Manager, cancellationToken);
        await foreach (var change in cluster.Client.WatchAsync<V1Pod>(query, version, 120, cancellationToken))
        {
            if (change.Entity?.Status?.Conditions?.Any(each => each is { Type: "Ready", Status: "True" }) == true)
            {
                return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            }
        }

        throw new InvalidOperationException($"The pod {name} was not ready within two minutes.");
    }

    /// <summary>One import of what a runtime preloads, in milliseconds, by the pod's own clock.</summary>
    public static async Task<double> ImportAsync(BenchCluster cluster, string name, CancellationToken cancellationToken)
    {
        var code = $"import time; t = time.time(); {Baseline.Imports}; print((time.time() - t) * 1000)";
        var exec = new PodExec(cluster.Connection, cluster.Client, new ExecOptions(), TimeProvider.System);
        await using var stream = await exec.OpenAsync(
            cluster.Key(name),
            Container,
            ["/usr/bin/python3", "-c", code],
            cancellationToken
        );
        using var reader = new StreamReader(stream);
        return double.Parse(await reader.ReadToEndAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    public static Task RemoveAsync(BenchCluster cluster, string name, CancellationToken cancellationToken) =>
        cluster.Client.DeleteAsync<V1Pod>(
            cluster.Key(name),
            new DeletePreconditions(GracePeriodSeconds: 0),
            cancellationToken
        );
}
