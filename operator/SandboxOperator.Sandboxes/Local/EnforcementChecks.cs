using System.Globalization;
using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Local.Limits;

namespace SandboxOperator.Sandboxes.Local;

/// <summary>Says how each limit is enforced, and what a sandbox itself found when it tried to get out.</summary>
internal static class EnforcementChecks
{
    /// <summary>
    /// One check for each limit: its value, then the means inside the sandbox, as one that runs names them, then the
    /// platform's. Without one that runs, what they are going to be.
    /// </summary>
    public static IEnumerable<SandboxCheck> Limits(LocalSandboxOptions options, LimitPlan plan, AgentStatus? status)
    {
        (string Resource, string Limit, string? Inside, string? Platform)[] limits =
        [
            ("time", Text($"{options.CallTimeout.TotalSeconds} s a call"), "init, the agent behind it", null),
            ("memory", Size(options.MemoryBytes), "init's watch", plan.Describe(LimitedResource.Memory)),
            ("processes", Text($"{options.Processes}"), "init's watch", plan.Describe(LimitedResource.Processes)),
            ("disk", Text($"{Size(options.DiskBytes)}, {options.Files} files"), "init's watch", null),
            ("output", Text($"{options.OutputBytes} bytes a call"), "the agent", null),
            ("cpu", Text($"{options.Cpus}"), null, plan.Describe(LimitedResource.Cpu)),
        ];
        foreach (var (resource, limit, expected, platform) in limits)
        {
            var said = status?.Limits.FirstOrDefault(said =>
                string.Equals(said.Resource, resource, StringComparison.Ordinal)
            );
            string?[] means = [said?.EnforcedBy ?? expected, platform];
            var words = string.Join(", ", means.OfType<string>());
            yield return new SandboxCheck(
                $"limit:{resource}",
                Ok: true,
                $"{said?.Limit ?? limit}: {(words.Length > 0 ? words : "not enforced, this machine offers no means")}"
            );
        }
    }

    /// <summary>One check for each way out that a sandbox which runs has tried; one that is open is not in order.</summary>
    public static IEnumerable<SandboxCheck> Isolation(AgentStatus? status) =>
        (status?.Isolation ?? []).Select(tried => new SandboxCheck(
            $"isolation:{tried.Name}",
            tried.Blocked,
            tried.Blocked ? $"blocked ({tried.Detail})" : $"NOT BLOCKED ({tried.Detail})"
        ));

    private static string Size(long bytes) =>
        bytes % (1 << 20) == 0 ? Text($"{bytes >> 20} MiB") : Text($"{bytes} bytes");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
