using System.Text.RegularExpressions;
using k8s.Models;
using SandboxOperator.Testing;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Harness;

/// <summary>The programs of a cluster that <c>tests/cluster</c> has made: what can be killed in one's own cluster alone.</summary>
internal static partial class Machinery
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Skips the test in somebody else's cluster.</summary>
    public static void ShouldBeOurs() =>
        Assert.SkipWhen(Number is null, "Only a cluster that tests/cluster has made may be broken.");

    /// <summary>Kills the API server, and starts it again.</summary>
    /// <param name="meanwhile">What is done while there is none.</param>
    public static async Task RestartApiServerAsync(Func<Task> meanwhile)
    {
        await RunAsync("component", "kill", "kube-apiserver");
        try
        {
            await meanwhile();
        }
        finally
        {
            await RunAsync("component", "start", "kube-apiserver");
        }

        await Eventually.FindAsync<V1Namespace>(new(null, "default"), _ => true, "can be read again");
    }

    /// <summary>SIGKILL for every process of a pod's container, as the node sees them.</summary>
    public static async Task KillContainerAsync(V1Pod pod, string container)
    {
        var id = pod.Status.ContainerStatuses.Single(each => each.Name == container).ContainerID;
        await RunAsync("ctr", "tasks", "kill", "--signal", "SIGKILL", "--all", id["containerd://".Length..]);
    }

    private static string? Number =>
        OwnCluster().Match(TestCluster.Kubeconfig) is { Success: true } match ? match.Groups["number"].Value : null;

    private static async Task RunAsync(string script, params string[] arguments)
    {
        var program = Path.Combine(Checkout.Root, "tests", "cluster", script);
        // Scripts that find a kubeconfig of somebody else leave things alone.
        string[] environment = ["--unset=SANDBOX_TEST_KUBECONFIG", $"SANDBOX_CLUSTER_NUMBER={Number}"];
        var (status, output, error) = await Command.RunAsync(
            "env",
            [.. environment, program, .. arguments],
            input: null,
            Deadline
        );
        status.ShouldBe(0, $"{script} {string.Join(' ', arguments)}: {output}{error}");
    }

    [GeneratedRegex("^/tmp/sandbox-cluster-(?<number>[0-9])/kubeconfig$", RegexOptions.None, 1000)]
    private static partial Regex OwnCluster();
}
