using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using SandboxOperator.Api.Agent;
using SandboxOperator.Testing;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Deliver;

/// <summary>The native program, as the first container of a pod runs it.</summary>
[Trait("Category", "Slow")]
public sealed class DeliverCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("deliver-");

    private string From => Path.Combine(_folder.FullName, "from");

    private string To => Path.Combine(_folder.FullName, "to");

    private string ReportPath => Path.Combine(_folder.FullName, "report");

    public DeliverCommandTests()
    {
        Directory.CreateDirectory(Path.Combine(From, "inner"));
        Directory.CreateDirectory(To);
        File.WriteAllText(Path.Combine(From, "program"), "#!");
        File.SetUnixFileMode(
            Path.Combine(From, "program"),
            UnixFileMode.UserRead | UnixFileMode.OtherRead | UnixFileMode.OtherExecute
        );
        File.WriteAllText(Path.Combine(From, "inner", "kernel.py"), "pass");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task It_copies_programs_with_their_modes_and_says_that_a_canary_answers()
    {
        using var canary = new TcpListener(IPAddress.Loopback, 0);
        canary.Start();

        var (code, errors) = await RunAsync("--canary", canary.LocalEndpoint.ToString()!, "--patience", "0");

        code.ShouldBe(0, errors);
        (File.GetUnixFileMode(Path.Combine(To, "program")) & UnixFileMode.OtherExecute).ShouldNotBe(UnixFileMode.None);
        (await File.ReadAllTextAsync(Path.Combine(To, "inner", "kernel.py"))).ShouldBe("pass");
        (await ReportAsync()).NetworkPolicy.ShouldBe(NetworkPolicyVerdicts.Open);
    }

    [Theory]
    [InlineData("0", NetworkPolicyVerdicts.Unknown)]
    [InlineData("1", NetworkPolicyVerdicts.Enforced)]
    public async Task A_refusal_counts_when_it_lasts(string patience, string verdict)
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // and does not listen

        var (code, errors) = await RunAsync("--canary", closed.LocalEndPoint!.ToString()!, "--patience", patience);

        code.ShouldBe(0, errors);
        (await ReportAsync()).NetworkPolicy.ShouldBe(verdict);
    }

    [Fact]
    public async Task Without_a_canary_it_says_that_nothing_is_known()
    {
        var (code, errors) = await RunAsync();

        code.ShouldBe(0, errors);
        (await ReportAsync()).NetworkPolicy.ShouldBe(NetworkPolicyVerdicts.Unknown);
    }

    [Fact]
    public async Task What_cannot_be_copied_ends_it_with_the_reason_and_without_a_report()
    {
        Directory.Delete(From, recursive: true);

        var (code, errors) = await RunAsync();

        code.ShouldBe(1);
        errors.ShouldContain(From);
        File.Exists(ReportPath).ShouldBeFalse();
    }

    private async Task<DeliveryReport> ReportAsync() =>
        JsonSerializer.Deserialize(await File.ReadAllTextAsync(ReportPath), AgentJson.Default.DeliveryReport)!;

    private async Task<(int Code, string Errors)> RunAsync(params string[] options)
    {
        string[] arguments = ["deliver", "--from", From, "--to", To, "--report", ReportPath, .. options];
        var start = new ProcessStartInfo(await AgentBinary.PathAsync(), arguments)
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, errors);
    }
}
