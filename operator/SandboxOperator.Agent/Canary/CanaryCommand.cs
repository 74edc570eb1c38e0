using System.Net;
using System.Text.Json;
using SandboxOperator.Agent.CommandLine;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Canary;

/// <summary>
/// <c>sandbox-agent canary</c>: finds out, unfiltered, whether the cluster enforces network policies. What it found is its
/// termination message.
/// </summary>
internal static class CanaryCommand
{
    private const int Failure = 1;
    private const int LongestPatience = 600;

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var address = Address(arguments.Required("--address"));
        var patience = TimeSpan.FromSeconds(arguments.Number("--patience", 0, LongestPatience) ?? 0);
        var report = arguments.Optional("--report") ?? TerminationLog.Path;
        arguments.Finish();
        try
        {
            var found = new CanaryTrial(address, TimeProvider.System).RunAsync(patience).GetAwaiter().GetResult();
            File.WriteAllText(report, JsonSerializer.Serialize(found, AgentJson.Default.CanaryReport) + "\n");
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"sandbox-agent canary: {e.Message}");
            return Failure;
        }
    }

    private static IPEndPoint Address(string text) =>
        IPEndPoint.TryParse(text, out var address) && address.Port > 0
            ? address
            : throw new UsageException($"--address must be IP:PORT, not '{text}'");
}
