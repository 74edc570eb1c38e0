using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace SandboxOperator.Clients.Tests.Harness;

/// <summary>The gateway as its users start it: a process, with a data directory of its own.</summary>
internal sealed partial class GatewayProcess : IAsyncDisposable
{
    private const int TerminationSignal = 15;
    private readonly StringBuilder _output = new();
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("sandbox-clients-");
    private readonly DirectoryInfo _sandboxes = Directory.CreateTempSubdirectory("sandbox-clients-");
    private readonly Process _process;

    private GatewayProcess(string upstream, int port)
    {
        var repository = Repository();
        Url = new Uri($"http://127.0.0.1:{port}");
        var program =
            Environment.GetEnvironmentVariable("GATEWAY")
            ?? Path.Combine(repository, "artifacts/gateway/sandbox-gateway");
        var agent =
            Environment.GetEnvironmentVariable("AGENT") ?? Path.Combine(repository, "artifacts/agent/sandbox-agent");
        if (!File.Exists(program))
        {
            throw new InvalidOperationException($"{program} is not there. Run tests/Clients/run, which builds it.");
        }
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PORT"] = $"{port}";
        start.Environment["DATA_DIR"] = _data.FullName;
        start.Environment["OPENAI_BASE_URL"] = upstream;
        start.Environment["OPENAI_API_KEY"] = "upstream-key";
        // Applications say gpt-4o; the scripted model has another name.
        start.Environment["Upstream__Models__*"] = "scripted-model";
        start.Environment["Sandbox__AgentPath"] = agent;
        // Sandboxes run as users of their own, who have to get to their folders.
        _sandboxes.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        start.Environment["Sandbox__Directory"] = _sandboxes.FullName;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    public Uri Url { get; }

    /// <summary>What it printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    public static async Task<GatewayProcess> StartAsync(string upstream)
    {
        var gateway = new GatewayProcess(upstream, FreePort());
        gateway._process.Start();
        gateway._process.BeginOutputReadLine();
        gateway._process.BeginErrorReadLine();
        using var client = new HttpClient { BaseAddress = gateway.Url };
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await IsReadyAsync(client))
        {
            if (gateway._process.HasExited || deadline.IsCancellationRequested)
            {
                throw new InvalidOperationException($"The gateway did not become ready:\n{gateway.Output}");
            }
            await Task.Delay(50);
        }
        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, TerminationSignal);
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await _process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }
        _process.Dispose();
        _data.Delete(recursive: true);
        _sandboxes.Delete(recursive: true);
    }

    private static async Task<bool> IsReadyAsync(HttpClient client)
    {
        try
        {
            using var response = await client.GetAsync(new Uri("/readyz", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static string Repository([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
