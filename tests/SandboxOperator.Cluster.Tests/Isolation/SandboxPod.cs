using System.Text;
using System.Text.Json;
using k8s.Models;
using SandboxOperator.Api.Agent;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Exec;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Cluster.Tests.Isolation;

/// <summary>A pod as the controller makes it, without a controller, and calls to its agent.</summary>
internal sealed class SandboxPod
{
    public const string RuntimeImage = "localhost/sandbox-operator/runtime:dev";
    private const string AgentImage = "localhost/sandbox-operator/agent:dev";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(3);

    private readonly ObjectKey _key;
    private int _calls;

    private SandboxPod(ObjectKey key) => _key = key;

    /// <summary>Creates it and waits until it is ready.</summary>
    public static async Task<(SandboxPod Pod, V1Pod Ready)> StartAsync(
        ObjectKey key,
        SandboxRuntimeSpec spec,
        string? canary
    )
    {
        await CreateAsync(key, spec, canary);
        var ready = await Eventually.FindAsync<V1Pod>(key, PodReadiness.IsUp, "is up", StartDeadline);
        return (new SandboxPod(key), ready);
    }

    /// <summary>Creates it.</summary>
    public static async Task CreateAsync(ObjectKey key, SandboxRuntimeSpec spec, string? canary)
    {
        var request = new PodRequest
        {
            Name = key.Name,
            Namespace = key.Namespace!,
            Runtime = "tested",
            Spec = spec,
            Size =
                SandboxSize.Read(spec, out var problems)
                ?? throw new InvalidOperationException(string.Join("; ", problems)),
            RuntimeHash = "0",
            AgentImage = AgentImage,
            Canary = canary,
        };
        await TestCluster.Client.CreateAsync(
            PodBuilder.Build(request),
            TestCluster.FieldManager,
            CancellationToken.None
        );
    }

    /// <summary>What code prints, and its errors, in the kernel.</summary>
    public async Task<string> RunAsync(string code)
    {
        var status = JsonSerializer.Deserialize(await AskAsync("GET", "/status", ""), AgentJson.Default.AgentStatus)!;
        var request = new CallRequest
        {
            Id = $"call-{++_calls}",
            Code = code,
            Incarnation = status.Incarnation,
        };
        var answer = await AskAsync("POST", "/calls", JsonSerializer.Serialize(request, AgentJson.Default.CallRequest));
        var text = new StringBuilder();
        foreach (var line in answer.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            text.Append(
                JsonSerializer.Deserialize(line, AgentJson.Default.CallEvent) switch
                {
                    CallOutput output => output.Text,
                    CallError error => error.ToString(),
                    CallDone { Status: not CallStatuses.Ok } done => done.ToString(),
                    _ => "",
                }
            );
        }

        return text.ToString();
    }

    private async Task<string> AskAsync(string method, string path, string body)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var exec = new PodExec(TestCluster.Connection, TestCluster.Client, new ExecOptions(), TimeProvider.System);
        await using var stream = await exec.OpenAsync(
            _key,
            PodBuilder.AgentContainer,
            [SandboxPaths.Agent, "attach", "--socket", SandboxPaths.AgentSocket],
            deadline.Token
        );
        var bytes = Encoding.UTF8.GetBytes(body);
        var head =
            $"{method} {path} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {bytes.Length}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), deadline.Token);
        await stream.WriteAsync(bytes, deadline.Token);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(deadline.Token);
        return answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
    }
}
