using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Testing;

namespace SandboxOperator.Cluster.Tests.Monitoring;

/// <summary>A Prometheus of the distribution, which reads the metrics of some addresses every second.</summary>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly Process _process;
    private readonly HttpClient _http;

    private PrometheusProcess(DirectoryInfo folder, Process process, HttpClient http) =>
        (_folder, _process, _http) = (folder, process, http);

    /// <summary>Installs it unless it is there.</summary>
    public static async Task InstallAsync()
    {
        var script = Path.Combine(Checkout.Root, "tests/cluster/install-packages");
        var (status, _, error) = await Command.RunAsync(script, ["prometheus"], input: null, TimeSpan.FromMinutes(5));
        if (status != 0)
        {
            throw new InvalidOperationException(error);
        }
    }

    public static async Task<PrometheusProcess> StartAsync(params Uri[] targets)
    {
        await InstallAsync();
        var folder = Directory.CreateTempSubdirectory("prometheus-");
        var addresses = string.Join(", ", targets.Select(target => $"\"{target.Authority}\""));
        var configuration = Path.Combine(folder.FullName, "prometheus.yml");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s }
            scrape_configs:
              - job_name: sandbox
                honor_labels: true
                static_configs: [{ targets: [{{addresses}}] }]
            """
        );
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo(
            "prometheus",
            [
                $"--config.file={configuration}",
                $"--storage.tsdb.path={folder.FullName}/data",
                $"--web.listen-address={address.Authority}",
                "--log.level=error",
            ]
        )
        {
            UseShellExecute = false,
        };
        return new PrometheusProcess(folder, Process.Start(start)!, new HttpClient { BaseAddress = address });
    }

    /// <summary>Asks its API until the answer is as it is to be.</summary>
    public async Task<JsonArray> UntilAsync(string path, Func<JsonArray, bool> isReady)
    {
        for (var deadline = Environment.TickCount64 + 60_000; ; )
        {
            try
            {
                var answer = JsonNode.Parse(await _http.GetStringAsync(new Uri(path, UriKind.Relative)))!["data"]!;
                var found = (answer as JsonArray ?? answer["result"] as JsonArray)!;
                if (isReady(found))
                {
                    return found;
                }

                if (Environment.TickCount64 > deadline)
                {
                    throw new TimeoutException($"{path} still answers {found.ToJsonString()}");
                }
            }
            catch (HttpRequestException) when (Environment.TickCount64 < deadline)
            {
                // It is starting.
            }

            await Task.Delay(200);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
