using k8s.Models;
using SandboxOperator.Api.Pools;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Benchmarks.Cluster;

/// <summary>The controller against a real API server, with simulated nodes.</summary>
internal sealed class ControllerBenchmark : IBenchmark
{
    private const int Sessions = 1000;
    private const int ManySessions = 10_000;

    public string Name => "controller";

    public bool NeedsCluster => true;

    public async Task<IReadOnlyList<Row>> RunAsync(CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.OpenAsync(cancellationToken);
        await using var nodes = new NodeSimulator(cluster);
        var runtime = new SandboxRuntime
        {
            Metadata = new V1ObjectMeta { Name = "default", NamespaceProperty = cluster.Namespace },
            Spec = new SandboxRuntimeSpec
            {
                Image = "localhost/sandbox-operator/runtime:dev",
                ImagePullPolicy = "Never",
            },
        };
        await cluster.Client.CreateAsync(runtime, BenchCluster.Manager, cancellationToken);

        // 1. One warm session, then a thousand cold ones.
        double reconciles;
        SessionFleet fleet;
        V1Pod pod;
        TimeSpan processor;
        await using (var controller = await ControllerProcess.StartAsync(cluster, cancellationToken))
        {
            reconciles = await ReconcilesOfWarmAsync(cluster, controller, cancellationToken);
            var before = controller.Processor;
            fleet = await SessionFleet.StartAsync(cluster, "session", Sessions, cancellationToken);
            processor = controller.Processor - before;
            pod = (
                await cluster.Client.GetAsync<V1Pod>(cluster.Key(fleet.Last.Status!.PodRef!.Name), cancellationToken)
            )!;
        }

        // 2. The same writes without a controller.
        var writes = (int)Math.Round(fleet.StatusWrites);
        var bare = await BareClient.WriteAsync(cluster, Sessions, fleet.Last, pod, writes, cancellationToken);

        // 3. Ten thousand.
        double memory;
        TimeSpan start;
        await using (var controller = await ControllerProcess.StartAsync(cluster, cancellationToken))
        {
            var rest = await SessionFleet.StartAsync(cluster, "more", ManySessions - Sessions, cancellationToken);
            start = rest.Took;
            memory = controller.ResidentBytes / 1048576.0;
        }

        var rate = Sessions / fleet.Took.TotalSeconds;
        var bareRate = Sessions / bare.TotalSeconds;
        return
        [
            new Row(
                $"{Sessions} sessions to Ready, simulated nodes",
                $"{rate:0} a second, {fleet.StatusWrites:0.0} writes of the status and {processor.TotalMilliseconds / Sessions:0.0} ms of processor a session",
                $"the same writes by a bare client: {bareRate:0} a second",
                "≥ 0.7 ×",
                rate / bareRate,
                0.7,
                HigherIsBetter: true
            ),
            new Row(
                $"controller's memory with {ManySessions} sessions",
                $"{memory:0} MiB, the last {ManySessions - Sessions} ready after {start.TotalSeconds:0} s",
                "",
                "≤ 300 MiB",
                memory,
                300
            ),
            new Row(
                "reconciles for one warm session from creation to Ready",
                $"{reconciles:0}",
                "",
                "≤ 4",
                reconciles,
                4
            ),
        ];
    }

    private static async Task<double> ReconcilesOfWarmAsync(
        BenchCluster cluster,
        ControllerProcess controller,
        CancellationToken cancellationToken
    )
    {
        var pool = new SandboxPool
        {
            Metadata = new V1ObjectMeta { Name = "pool", NamespaceProperty = cluster.Namespace },
            Spec = new SandboxPoolSpec { Replicas = 1 },
        };
        await cluster.Client.CreateAsync(pool, BenchCluster.Manager, cancellationToken);
        while (
            (await cluster.Client.GetAsync<SandboxPool>(cluster.Key("pool"), cancellationToken))?.Status?.ReadyReplicas
            != 1
        )
        {
            await Task.Delay(50, cancellationToken);
        }

        var before = await CountAsync();
        var fleet = await SessionFleet.StartAsync(cluster, "warm", 1, cancellationToken);
        // What the last write wakes belongs to it, too.
        await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
        var count = await CountAsync() - before;
        await cluster.Client.DeleteAsync<SandboxPool>(cluster.Key("pool"), null, cancellationToken);
        return fleet.Last.Status!.Launch == "Warm"
            ? count
            : throw new InvalidOperationException("The session got no warm pod.");

        Task<double> CountAsync() =>
            controller.SumAsync("sandbox_kube_reconciles_total", "\"SessionController\"", cancellationToken);
    }
}
