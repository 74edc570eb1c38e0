using System.Globalization;

namespace SandboxOperator.Sandboxes.Local.Limits;

/// <summary>The platform's limits of one sandbox: above those that init enforces, agent and bubblewrap included.</summary>
/// <param name="MemoryBytes">Bytes of memory.</param>
/// <param name="Processes">Processes and threads.</param>
/// <param name="Cpus">Processor cores.</param>
internal sealed record LimitValues(long MemoryBytes, int Processes, double Cpus)
{
    private const int PeriodMicroseconds = 100_000;
    private const long LeastHeadroom = 96L << 20;

    // Init refuses kernels more tasks than twice their processes, at least 256; it and the zygote need room beside them.
    private const int LeastTasks = 256;
    private const int OwnTasks = 64;

    public static LimitValues Of(LocalSandboxOptions options) =>
        new(
            options.MemoryBytes + Math.Max(LeastHeadroom, options.MemoryBytes / 8),
            Math.Max(LeastTasks, options.Processes * 2) + OwnTasks,
            options.Cpus
        );

    /// <summary>The files of a control group to write, with their values; optional ones may be missing.</summary>
    public IReadOnlyList<GroupSetting> Settings(LimitedResource resource, LimitMeans means) =>
        (resource, means) switch
        {
            (LimitedResource.Memory, LimitMeans.Unified) =>
            [
                new("memory.max", Text(MemoryBytes)),
                new("memory.swap.max", "0", Optional: true),
            ],
            (LimitedResource.Memory, LimitMeans.Legacy) =>
            [
                new("memory.limit_in_bytes", Text(MemoryBytes)),
                new("memory.memsw.limit_in_bytes", Text(MemoryBytes), Optional: true),
            ],
            (LimitedResource.Processes, LimitMeans.Unified or LimitMeans.Legacy) => [new("pids.max", Text(Processes))],
            (LimitedResource.Cpu, LimitMeans.Unified) => [new("cpu.max", $"{Text(Quota)} {Text(PeriodMicroseconds)}")],
            (LimitedResource.Cpu, LimitMeans.Legacy) =>
            [
                new("cpu.cfs_period_us", Text(PeriodMicroseconds)),
                new("cpu.cfs_quota_us", Text(Quota)),
            ],
            _ => [],
        };

    /// <summary>The command that starts another one in a scope of systemd with these limits.</summary>
    public IReadOnlyList<string> Scope(IEnumerable<LimitedResource> resources, bool ofUser) =>
        [
            "systemd-run",
            .. ofUser ? ["--user"] : Array.Empty<string>(),
            "--scope",
            "--quiet",
            "--collect",
            .. resources.SelectMany(resource => new[] { "--property", Property(resource) }),
            "--",
        ];

    private long Quota => (long)(Cpus * PeriodMicroseconds);

    private string Property(LimitedResource resource) =>
        resource switch
        {
            LimitedResource.Memory => $"MemoryMax={Text(MemoryBytes)}",
            LimitedResource.Processes => $"TasksMax={Text(Processes)}",
            _ => string.Create(CultureInfo.InvariantCulture, $"CPUQuota={Cpus * 100:0}%"),
        };

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
