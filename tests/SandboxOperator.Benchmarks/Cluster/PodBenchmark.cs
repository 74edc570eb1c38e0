using System.Diagnostics;
using k8s.Models;
using SandboxOperator.Api.Agent;
using SandboxOperator.Api.Pools;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Benchmarks.Cluster;

/// <summary>Calls, first calls and files through <see cref="ISandboxes"/> where sandboxes are pods of a real node.</summary>
internal sealed class PodBenchmark : IBenchmark
{
    private const int Calls = 300;

    // A bare pod is ready at any moment of a second: few of them have a median by chance.
    private const int FirstCalls = 21;

    public string Name => "pods";

    public bool NeedsCluster => true;

    public async Task<IReadOnlyList<Row>> RunAsync(CancellationToken cancellationToken)
    {
        var baseline = await Baseline.MeasureAsync(Calls, starts: 2, cancellationToken);
        await using var cluster = await BenchCluster.OpenAsync(cancellationToken);
        var runtime = new SandboxRuntime
        {
            Metadata = new V1ObjectMeta { Name = "default", NamespaceProperty = cluster.Namespace },
            Spec = new SandboxRuntimeSpec { Image = BarePod.Image, ImagePullPolicy = "Never" },
        };
        await cluster.Client.CreateAsync(runtime, BenchCluster.Manager, cancellationToken);
        await using var controller = await ControllerProcess.StartAsync(cluster, cancellationToken);
        await using var backend = await PodBackend.StartAsync(cluster, cancellationToken);

        // 1. Starts: bare pods and cold sandboxes in turn, then warm ones.
        var (bare, imports, cold) = await ColdStartsAsync(cluster, backend, cancellationToken);
        var warm = await WarmStartsAsync(cluster, backend, cancellationToken);

        // 2. Calls and files in one session, when the pods of the starts have gone.
        var sandbox = await backend.OpenNewAsync(cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(15), cancellationToken);
        var calls = new List<double>();
        for (var round = -Calls / 10; round < Calls; round++)
        {
            var began = Stopwatch.GetTimestamp();
            await LocalBackend.CallAsync(sandbox, "print(1+1)", CallStatuses.Ok, cancellationToken);
            if (round >= 0)
            {
                calls.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }

        var call = new Sample(calls);
        var files = await FileTransfer.MeasureAsync(cluster, sandbox, cancellationToken);
        var atBest = bare.Median + imports.Median;
        return
        [
            new Row(
                "call `print(1+1)` in an open session in a pod",
                call.Show("ms"),
                $"bare local ipykernel: {baseline.CallMs.Show("ms")}",
                "≤ 0.3 ×",
                call.Median / baseline.CallMs.Median,
                0.3
            ),
            new Row(
                "session asked for to first output, warm pool",
                warm.Show("ms"),
                $"bare pod of the image to Ready: {bare.Show("ms")}",
                "≤ 0.08 ×",
                warm.Median / bare.Median,
                0.08
            ),
            new Row(
                "the same, cold",
                cold.Show("ms"),
                $"that pod, and one import of the libraries ({imports.Show("ms")}): {atBest:0} ms",
                "≤ 1.25 ×",
                cold.Median / atBest,
                1.25
            ),
            .. files.Rows(),
        ];
    }

    private static async Task<(Sample Bare, Sample Imports, Sample Cold)> ColdStartsAsync(
        BenchCluster cluster,
        PodBackend backend,
        CancellationToken cancellationToken
    )
    {
        var (bare, imports, cold) = (new List<double>(), new List<double>(), new List<double>());
        // The first round is for the node's caches.
        for (var round = -1; round < FirstCalls; round++)
        {
            var name = $"bare-{round + 1}";
            await AtAnyMomentAsync(cancellationToken);
            var ready = await BarePod.StartAsync(cluster, name, cancellationToken);
            var import = await BarePod.ImportAsync(cluster, name, cancellationToken);
            await BarePod.RemoveAsync(cluster, name, cancellationToken);
            await AtAnyMomentAsync(cancellationToken);
            var first = await FirstOutputAsync(backend, SandboxLaunch.Cold, cancellationToken);
            if (round >= 0)
            {
                bare.Add(ready);
                imports.Add(import);
                cold.Add(first);
            }
        }

        return (new Sample(bare), new Sample(imports), new Sample(cold));
    }

    /// <summary>
    /// A kubelet looks once a second at what its containers do. Starts one after the other would all meet it at the same
    /// moment of that second, the bare ones at another than ours.
    /// </summary>
    private static Task AtAnyMomentAsync(CancellationToken cancellationToken) =>
        Task.Delay(TimeSpan.FromSeconds(1 + Random.Shared.NextDouble()), cancellationToken);

    private static async Task<Sample> WarmStartsAsync(
        BenchCluster cluster,
        PodBackend backend,
        CancellationToken cancellationToken
    )
    {
        var pool = new SandboxPool
        {
            Metadata = new V1ObjectMeta { Name = "pool", NamespaceProperty = cluster.Namespace },
            Spec = new SandboxPoolSpec { Replicas = 1 },
        };
        await cluster.Client.CreateAsync(pool, BenchCluster.Manager, cancellationToken);
        var warm = new List<double>();
        for (var round = -1; round < FirstCalls; round++)
        {
            while (
                (await cluster.Client.GetAsync<SandboxPool>(cluster.Key("pool"), cancellationToken))
                    ?.Status
                    ?.ReadyReplicas != 1
            )
            {
                await Task.Delay(200, cancellationToken);
            }

            // The node is quiet again.
            await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
            var first = await FirstOutputAsync(backend, SandboxLaunch.Warm, cancellationToken);
            if (round >= 0)
            {
                warm.Add(first);
            }
        }

        await cluster.Client.DeleteAsync<SandboxPool>(cluster.Key("pool"), null, cancellationToken);
        return new Sample(warm);
    }

    private static async Task<double> FirstOutputAsync(
        PodBackend backend,
        SandboxLaunch launch,
        CancellationToken cancellationToken
    )
    {
        var began = Stopwatch.GetTimestamp();
        var sandbox = await backend.OpenNewAsync(cancellationToken);
        await LocalBackend.CallAsync(sandbox, "print(1+1)", CallStatuses.Ok, cancellationToken);
        var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        var seen = sandbox.Info.Launch;
        await backend.Sandboxes.EndAsync(sandbox.Info.Key, cancellationToken);
        return seen == launch
            ? took
            : throw new InvalidOperationException($"A sandbox was launched {seen}, not {launch}.");
    }
}
