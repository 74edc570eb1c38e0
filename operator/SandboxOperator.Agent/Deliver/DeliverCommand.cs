using System.Net;
using System.Text.Json;
using SandboxOperator.Agent.CommandLine;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Deliver;

/// <summary>
/// <c>sandbox-agent deliver</c>: brings init and the kernel to a volume that the kernel's container mounts read-only, and
/// meanwhile finds out whether the cluster enforces network policies, because it is the only unfiltered program of a pod
/// that has time for it.
/// </summary>
internal static class DeliverCommand
{
    private const int Failure = 1;
    private const int LongestPatience = 600;

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var from = arguments.Optional("--from") ?? Path.GetDirectoryName(Environment.ProcessPath)!;
        var to = arguments.Required("--to");
        var canary = Address(arguments.Optional("--canary"));
        var patience = TimeSpan.FromSeconds(arguments.Number("--patience", 0, LongestPatience) ?? 0);
        var report = arguments.Optional("--report") ?? TerminationLog.Path;
        arguments.Finish();
        try
        {
            var copying = Task.Run(() => Copy(from, to));
            var found = canary is null
                ? new DeliveryReport(NetworkPolicyVerdicts.Unknown, "No address to try was given.")
                : new CanaryTrial(canary, TimeProvider.System).RunAsync(patience).GetAwaiter().GetResult();
            copying.GetAwaiter().GetResult();
            File.WriteAllText(report, JsonSerializer.Serialize(found, AgentJson.Default.DeliveryReport) + "\n");
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"sandbox-agent deliver: {e.Message}");
            return Failure;
        }
    }

    private static IPEndPoint? Address(string? text) =>
        text is null ? null
        : IPEndPoint.TryParse(text, out var address) && address.Port > 0 ? address
        : throw new UsageException($"--canary must be IP:PORT, not '{text}'");

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            // With its mode: programs stay executable.
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)), overwrite: true);
        }
    }
}
