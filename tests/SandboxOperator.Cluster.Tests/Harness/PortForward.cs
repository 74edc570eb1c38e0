using System.Diagnostics;
using System.Text.RegularExpressions;

namespace SandboxOperator.Cluster.Tests.Harness;

/// <summary>A door into the cluster: <c>kubectl port-forward</c>.</summary>
internal sealed partial class PortForward : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private readonly Process _process;

    private PortForward(Process process) => _process = process;

    /// <summary>Where it leads from, with a slash at its end.</summary>
    public Uri Address { get; private set; } = null!;

    public static async Task<PortForward> OpenAsync(string space, string target, int port)
    {
        var start = new ProcessStartInfo(
            Kubectl.Program,
            ["--kubeconfig", TestCluster.Kubeconfig, "--namespace", space, "port-forward", target, $":{port}"]
        )
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var door = new PortForward(Process.Start(start)!);
        using var stop = new CancellationTokenSource(Deadline);
        while (await door._process.StandardOutput.ReadLineAsync(stop.Token) is { } line)
        {
            if (Forwarding().Match(line) is { Success: true } match)
            {
                door.Address = new Uri($"http://127.0.0.1:{match.Groups["port"].Value}/");
                return door;
            }
        }

        await door.DisposeAsync();
        throw new InvalidOperationException($"kubectl cannot forward a port to {target} in {space}.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"^Forwarding from 127\.0\.0\.1:(?<port>[0-9]+)", RegexOptions.None, 1000)]
    private static partial Regex Forwarding();
}
