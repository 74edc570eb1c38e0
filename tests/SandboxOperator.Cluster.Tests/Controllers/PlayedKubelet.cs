using k8s.Models;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>Says of pods what a kubelet would, in a cluster without nodes.</summary>
internal sealed class PlayedKubelet : IAsyncDisposable
{
    private const string Verdict = """{"networkPolicy":"Enforced","detail":"nothing answered"}""";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    /// <summary>Makes every pod of a namespace ready as it comes, unless its name is held back.</summary>
    public PlayedKubelet(string space, Func<V1Pod, bool>? holdBack = null) =>
        _work = Task.Run(() => WorkAsync(space, holdBack ?? (_ => false)));

    public static Task<V1Pod> ReadyAsync(V1Pod pod, bool isReady = true) =>
        SetAsync(
            pod,
            new Dictionary<string, object>
            {
                ["phase"] = "Running",
                ["conditions"] = new[]
                {
                    new { type = "PodScheduled", status = "True" },
                    new { type = "Ready", status = isReady ? "True" : "False" },
                },
                ["initContainerStatuses"] = new[]
                {
                    Container("canary", new { terminated = new { exitCode = 0, message = Verdict } }),
                },
            }
        );

    /// <summary>A container waits, for an image for example.</summary>
    public static Task<V1Pod> WaitingAsync(V1Pod pod, string reason, string message) =>
        SetAsync(
            pod,
            new Dictionary<string, object>
            {
                ["phase"] = "Pending",
                ["containerStatuses"] = new[] { Container("kernel", new { waiting = new { reason, message } }) },
            }
        );

    /// <summary>No node takes it.</summary>
    public static Task<V1Pod> UnschedulableAsync(V1Pod pod, string message) =>
        SetAsync(
            pod,
            new Dictionary<string, object>
            {
                ["conditions"] = new[]
                {
                    new
                    {
                        type = "PodScheduled",
                        status = "False",
                        reason = "Unschedulable",
                        message,
                    },
                },
            }
        );

    /// <summary>It was evicted, or its node refused it.</summary>
    public static Task<V1Pod> FailedAsync(V1Pod pod, string reason, string message) =>
        SetAsync(
            pod,
            new Dictionary<string, object>
            {
                ["phase"] = "Failed",
                ["reason"] = reason,
                ["message"] = message,
                ["conditions"] = new[] { new { type = "Ready", status = "False" } },
            }
        );

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
    }

    private static object Container(string name, object state) =>
        new
        {
            name,
            image = "image",
            imageID = "",
            ready = false,
            restartCount = 0,
            state,
        };

    private static Task<V1Pod> SetAsync(V1Pod pod, Dictionary<string, object> status)
    {
        var patch = new V1Patch(
            new Dictionary<string, object> { ["status"] = status },
            V1Patch.PatchType.StrategicMergePatch
        );
        return TestCluster.Client.PatchAsync<V1Pod>(
            ObjectKey.Of(pod),
            patch,
            "played-kubelet",
            "status",
            CancellationToken.None
        );
    }

    private async Task WorkAsync(string space, Func<V1Pod, bool> holdBack)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var pods = await TestCluster.Client.ListAsync<V1Pod>(
                    new ListQuery(space),
                    limit: 1000,
                    continueWith: null,
                    _stop.Token
                );
                foreach (var pod in pods.Items)
                {
                    if (pod.Metadata.DeletionTimestamp is not null)
                    {
                        // Who deleted it was stopped between the two writes that this takes the API server.
                        await TestCluster.Client.DeleteAsync<V1Pod>(ObjectKey.Of(pod), null, _stop.Token);
                    }
                    else if (pod.Status?.Phase == "Pending" && !holdBack(pod))
                    {
                        await ReadyAsync(pod);
                    }
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or KubeException)
            {
                // Stopped, or the pod is gone, or the API server.
            }

            await Task.Delay(Pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
