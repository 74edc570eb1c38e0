using System.Text;

namespace SandboxOperator.Cluster.Tests.Harness;

/// <summary>What a namespace holds, for the message of a test that failed.</summary>
internal static class Diagnosis
{
    private const int LogLines = 40;

    public static async Task<string> OfAsync(string space)
    {
        var text = new StringBuilder();
        foreach (
            var command in new string[][]
            {
                ["get", "sandbox,pods,services,jobs", "--output=wide"],
                ["describe", "pods"],
                ["get", "sandboxsessions,sandboxpools", "--output=yaml"],
                ["get", "events", "--sort-by=.metadata.creationTimestamp"],
            }
        )
        {
            await AddAsync(text, space, command);
        }

        var pods = await TryAsync("--namespace", space, "get", "pods", "--output=name");
        foreach (var pod in pods.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            await AddAsync(text, space, ["logs", pod, "--all-containers", "--prefix", $"--tail={LogLines}"]);
        }

        return text.Append("--- log of the controllers in this process\n").Append(RecentLog.Text).ToString();
    }

    private static async Task AddAsync(StringBuilder text, string space, string[] command) =>
        text.Append("--- kubectl --namespace ")
            .Append(space)
            .Append(' ')
            .AppendJoin(' ', command)
            .Append('\n')
            .Append(await TryAsync(["--namespace", space, .. command]))
            .Append('\n');

    // A namespace without one of the kinds, or a server that is gone, must not hide the failure itself.
    private static async Task<string> TryAsync(params string[] arguments)
    {
        var (_, output, error) = await Kubectl.TryAsync(input: null, arguments);
        return output + error;
    }
}
