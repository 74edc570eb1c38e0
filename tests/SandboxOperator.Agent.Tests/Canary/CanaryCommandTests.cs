using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using SandboxOperator.Api.Agent;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Canary;

/// <summary>The native program, as the first container of a pod runs it.</summary>
[Trait("Category", "Slow")]
public sealed class CanaryCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("canary-");

    private string ReportPath => Path.Combine(_folder.FullName, "report");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task It_says_that_a_canary_answers()
    {
        using var canary = new TcpListener(IPAddress.Loopback, 0);
        canary.Start();

        (await TryAsync(canary.LocalEndpoint, "0")).ShouldBe(NetworkPolicyVerdicts.Open);
    }

    [Theory]
    [InlineData("0", NetworkPolicyVerdicts.Unknown)]
    [InlineData("1", NetworkPolicyVerdicts.Enforced)]
    public async Task A_refusal_counts_when_it_lasts(string patience, string verdict)
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // and does not listen

        (await TryAsync(closed.LocalEndPoint!, patience)).ShouldBe(verdict);
    }

    [Fact]
    public async Task An_address_that_is_none_is_refused()
    {
        var (code, errors) = await AgentProcess.RunAsync("canary", "--address", "nowhere", "--report", ReportPath);

        code.ShouldBe(2);
        errors.ShouldContain("--address must be IP:PORT");
        File.Exists(ReportPath).ShouldBeFalse();
    }

    private async Task<string> TryAsync(EndPoint address, string patience)
    {
        var (code, errors) = await AgentProcess.RunAsync([
            "canary",
            "--address",
            $"{address}",
            "--patience",
            patience,
            "--report",
            ReportPath,
        ]);
        code.ShouldBe(0, errors);
        var report = await File.ReadAllTextAsync(ReportPath);
        return JsonSerializer.Deserialize(report, AgentJson.Default.CanaryReport)!.NetworkPolicy;
    }
}
