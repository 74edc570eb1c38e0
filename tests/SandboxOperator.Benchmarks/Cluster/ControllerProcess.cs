using System.Diagnostics;
using System.Globalization;
using SandboxOperator.Testing;

namespace SandboxOperator.Benchmarks.Cluster;

/// <summary>The controller as a program on this machine.</summary>
internal sealed class ControllerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;

    private ControllerProcess(Process process, HttpClient client) => (_process, _client) = (process, client);

    /// <summary>Resident memory, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Processor time used so far.</summary>
    public TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<ControllerProcess> StartAsync(BenchCluster cluster, CancellationToken cancellationToken)
    {
        var port = GatewayProcess.FreePort();
        var info = new ProcessStartInfo(Path.Combine(Checkout.Root, "artifacts", "controller", "sandbox-controller"))
        {
            ArgumentList =
            {
                $"--Kube:Config={cluster.Kubeconfig}",
                "--Agent:Image=localhost/sandbox-operator/agent:dev",
                "--Agent:ImagePullPolicy=Never",
                $"--Leader:Namespace={cluster.Namespace}",
                "--Listen:Host=127.0.0.1",
                $"--Listen:Port={port}",
                "--Logging:LogLevel:Default=Warning",
            },
            UseShellExecute = false,
        };
        var process = Process.Start(info)!;
        var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        var controller = new ControllerProcess(process, client);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        while (await controller.SumAsync("sandbox_kube_leader", "", deadline.Token) < 1)
        {
            await Task.Delay(100, deadline.Token);
        }

        return controller;
    }

    /// <summary>The sum of a metric over its labels that contain a text; 0 while it does not answer.</summary>
    public async Task<double> SumAsync(string metric, string labels, CancellationToken cancellationToken)
    {
        try
        {
            var lines = (await _client.GetStringAsync("metrics", cancellationToken)).Split('\n');
            return lines
                .Where(line =>
                    line.StartsWith(metric, StringComparison.Ordinal) && line.Contains(labels, StringComparison.Ordinal)
                )
                .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
