using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using SandboxOperator.Testing;

namespace SandboxOperator.Benchmarks;

/// <summary>The gateway as <c>make run</c> starts it, with a data folder of its own.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private GatewayProcess(Process process, string folder, Uri address)
    {
        _process = process;
        _folder = folder;
        Client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromMinutes(10),
        };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "bench");
        Client.DefaultRequestHeaders.Add("OpenAI-Beta", "assistants=v2");
    }

    /// <summary>Its base address ends with <c>/v1/</c>.</summary>
    public HttpClient Client { get; }

    /// <summary>Processor time used so far.</summary>
    public TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Resident memory, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status")
                .First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
            var kibibytes = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
            return long.Parse(kibibytes, CultureInfo.InvariantCulture) * 1024;
        }
    }

    /// <param name="upstream">Its base address.</param>
    /// <param name="settings">Environment variables.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="data">A data folder that is there and stays; null for one of its own.</param>
    public static async Task<GatewayProcess> StartAsync(
        string upstream,
        IReadOnlyDictionary<string, string>? settings,
        CancellationToken cancellationToken,
        string? data = null
    )
    {
        var folder = Directory.CreateTempSubdirectory("sandbox-bench-");
        // Sandboxes run as users of their own, who have to get to their folders.
        folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        var port = FreePort();
        var program = Path.Combine(Checkout.Root, "artifacts", "gateway", "sandbox-gateway");
        var info = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["PORT"] = $"{port}",
                ["DATA_DIR"] = data ?? Path.Combine(folder.FullName, "data"),
                ["Sandbox__Directory"] = Path.Combine(folder.FullName, "sandboxes"),
                ["OPENAI_BASE_URL"] = upstream,
                ["OPENAI_API_KEY"] = "bench",
                ["Logging__LogLevel__Default"] = "Warning",
            },
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
        {
            info.Environment[name] = value;
        }

        var process = Process.Start(info)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => Console.Error.WriteLine($"gateway: {line.Data}");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var gateway = new GatewayProcess(process, folder.FullName, new Uri($"http://127.0.0.1:{port}/v1/"));
        await gateway.WaitUntilReadyAsync(cancellationToken);
        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            using var terminate = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(40));
            try
            {
                await _process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                using var answer = await Client.GetAsync(new Uri("/readyz", UriKind.Relative), deadline.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // It does not listen yet.
            }

            await Task.Delay(100, deadline.Token);
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
