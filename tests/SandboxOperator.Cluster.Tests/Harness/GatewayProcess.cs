using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Harness;

/// <summary>A gateway whose sandboxes are pods, as a program of its own: it can be killed, and started again on its data.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(2);
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("gateway-");
    private readonly ConcurrentQueue<string> _log = new();
    private readonly string _space;
    private readonly string _upstream;
    private readonly string _runtime;
    private readonly string[] _settings;
    private Process _process = null!;
    private HttpClient _http = null!;

    private GatewayProcess(string space, string upstream, string runtime, string[] settings) =>
        (_space, _upstream, _runtime, _settings) = (space, upstream, runtime, settings);

    /// <summary>What it has logged, over all its lives.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>Where it listens.</summary>
    public Uri Address => _http.BaseAddress!;

    /// <param name="space">Where its sessions are.</param>
    /// <param name="upstream">The address of its model.</param>
    /// <param name="runtime">What its sessions are made from.</param>
    /// <param name="settings">Further settings, such as <c>Section:Name=value</c>.</param>
    public static async Task<GatewayProcess> StartAsync(
        ClusterNamespace space,
        string upstream,
        string runtime = "default",
        params string[] settings
    )
    {
        var gateway = new GatewayProcess(space.Name, upstream, runtime, settings);
        await gateway.StartAsync();
        return gateway;
    }

    /// <summary>SIGKILL: nothing is finished, nothing released.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
    }

    /// <summary>Starts it on the data that it has.</summary>
    public async Task StartAsync()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "sandbox-gateway.dll");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "exec",
                program,
                "--Listen:Port=0",
                $"--Data:Directory={_data.FullName}",
                "--Sandbox:Backend=kubernetes",
                $"--Sandbox:Kubernetes:Namespace={_space}",
                $"--Sandbox:Kubernetes:Runtime={_runtime}",
                $"--Sandbox:Kubernetes:Config={TestCluster.Kubeconfig}",
                $"--Upstream:BaseUrl={_upstream}",
                "--Upstream:ApiKey=of-the-upstream",
                .. _settings.Select(setting => $"--{setting}"),
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        _process = Process.Start(start)!;
        var address = new TaskCompletionSource<Uri>();
        _process.OutputDataReceived += (_, line) => Read(line.Data, address);
        _process.ErrorDataReceived += (_, line) => Read(line.Data, address);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            _http = new HttpClient { BaseAddress = await address.Task.WaitAsync(StartDeadline) };
        }
        catch (TimeoutException exception)
        {
            throw new InvalidOperationException($"The gateway did not become ready:\n{Log}", exception);
        }

        _http.DefaultRequestHeaders.Authorization = new("Bearer", "any-key");
        _http.DefaultRequestHeaders.Add("OpenAI-Beta", "assistants=v2");
    }

    /// <summary>Asks its API; the answer has to be a success.</summary>
    /// <param name="method">How.</param>
    /// <param name="path">What, below <c>/v1/</c>.</param>
    /// <param name="body">What is sent, as JSON.</param>
    /// <param name="traceParent">The span of the caller that asks.</param>
    public async Task<JsonObject> AskAsync(
        HttpMethod method,
        string path,
        object? body = null,
        string? traceParent = null
    )
    {
        using var request = new HttpRequestMessage(method, new Uri($"v1/{path}", UriKind.Relative))
        {
            Content = body is null
                ? null
                : new StringContent(System.Text.Json.JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
        };
        if (traceParent is not null)
        {
            request.Headers.Add("traceparent", traceParent);
        }

        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {(int)answer.StatusCode} {text}\n{Log}");
        return JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>A page of its console.</summary>
    public Task<string> PageAsync(string path) => _http.GetStringAsync(new Uri($"console/{path}", UriKind.Relative));

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _data.Delete(recursive: true);
    }

    private void Read(string? line, TaskCompletionSource<Uri> address)
    {
        if (line is null)
        {
            return;
        }

        _log.Enqueue(line);
        if (line.Split("ready at ") is [_, var url])
        {
            address.TrySetResult(new Uri(url.Trim().Replace("/v1", "/", StringComparison.Ordinal)));
        }
    }
}
