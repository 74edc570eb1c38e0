using k8s.Models;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Api.Schema;

namespace SandboxOperator.Controller.Pods;

/// <summary>A runtime's resources and limits as numbers.</summary>
/// <param name="Cpus">Processors, a fraction allowed.</param>
/// <param name="MemoryBytes">Memory of the kernel's container.</param>
/// <param name="DiskBytes">What the sandbox may store.</param>
/// <param name="OutputBytes">Text of a call that is kept.</param>
/// <param name="SharedMemoryBytes">Size of <c>/dev/shm</c>.</param>
/// <param name="CallTimeout">How long a call may run.</param>
/// <param name="StartTimeout">How long the sandbox may take to start.</param>
internal sealed record SandboxSize(
    decimal Cpus,
    long MemoryBytes,
    long DiskBytes,
    long OutputBytes,
    long SharedMemoryBytes,
    TimeSpan CallTimeout,
    TimeSpan StartTimeout
)
{
    private const long MiB = 1024 * 1024;
    private const decimal MinCpus = 0.01m;
    private const decimal MaxCpus = 1024;
    private const long MinMemoryBytes = 128 * MiB;
    private const long MinDiskBytes = 16 * MiB;
    private const long MinOutputBytes = 1024;
    private const long MaxOutputBytes = 64 * MiB;
    private const long MaxBytes = 1L << 50;
    private static readonly TimeSpan MaxCallTimeout = TimeSpan.FromHours(24);
    private static readonly TimeSpan MaxStartTimeout = TimeSpan.FromHours(1);

    /// <summary>
    /// Reads the numbers of a spec. Clusters before 1.25 let through what the definition's rules refuse elsewhere, so
    /// everything is checked again here.
    /// </summary>
    /// <param name="spec">The runtime.</param>
    /// <param name="problems">What is wrong, each beginning with the field's path; empty when the size is good.</param>
    public static SandboxSize? Read(SandboxRuntimeSpec spec, out IReadOnlyList<string> problems)
    {
        var found = new List<string>();
        RefuseDevices(spec.Resources.Requests, "spec.resources.requests", found);
        RefuseDevices(spec.Resources.Limits, "spec.resources.limits", found);
        var size = new SandboxSize(
            Cpus: Within(Limit("cpu"), MinCpus, MaxCpus, "spec.resources.limits[cpu]", found),
            MemoryBytes: Bytes(Limit("memory"), MinMemoryBytes, MaxBytes, "spec.resources.limits[memory]", found),
            DiskBytes: Bytes(spec.Limits.Disk, MinDiskBytes, MaxBytes, "spec.limits.disk", found),
            OutputBytes: Bytes(
                spec.Limits.OutputPerCall,
                MinOutputBytes,
                MaxOutputBytes,
                "spec.limits.outputPerCall",
                found
            ),
            SharedMemoryBytes: Bytes(spec.Limits.SharedMemory, MiB, MaxBytes, "spec.limits.sharedMemory", found),
            CallTimeout: Duration(spec.Limits.CallTimeout, MaxCallTimeout, "spec.limits.callTimeout", found),
            StartTimeout: Duration(spec.Limits.StartTimeout, MaxStartTimeout, "spec.limits.startTimeout", found)
        );
        RefuseMoreThanLimit(spec, "cpu", size.Cpus, found);
        RefuseMoreThanLimit(spec, "memory", size.MemoryBytes, found);
        problems = found;
        return found.Count == 0 ? size : null;

        string? Limit(string name) => spec.Resources.Limits.GetValueOrDefault(name);
    }

    private static void RefuseDevices(IReadOnlyDictionary<string, string> resources, string path, List<string> found)
    {
        foreach (
            var name in resources.Keys.Where(name => name is not ("cpu" or "memory")).Order(StringComparer.Ordinal)
        )
        {
            found.Add($"{path}[{name}]: only cpu and memory may be given: sandboxes get no devices");
        }
    }

    private static void RefuseMoreThanLimit(SandboxRuntimeSpec spec, string name, decimal limit, List<string> found)
    {
        if (!spec.Resources.Requests.TryGetValue(name, out var text))
        {
            return;
        }

        var path = $"spec.resources.requests[{name}]";
        if (Number(text) is not { } request)
        {
            found.Add($"{path}: '{text}' is not a quantity like 100m or 256Mi");
        }
        else if (limit > 0 && request > limit)
        {
            found.Add($"{path}: {text} is more than the limit of {spec.Resources.Limits[name]}");
        }
    }

    private static long Bytes(string? text, long min, long max, string path, List<string> found) =>
        (long)Within(text, min, max, path, found);

    private static decimal Within(string? text, decimal min, decimal max, string path, List<string> found)
    {
        if (text is null)
        {
            found.Add($"{path}: is missing; a sandbox without this limit could take its whole node");
            return 0;
        }

        if (Number(text) is not { } number)
        {
            found.Add($"{path}: '{text}' is not a quantity like 100m or 256Mi");
            return 0;
        }

        if (number < min || number > max)
        {
            found.Add($"{path}: {text} does not lie between {min} and {max}");
            return 0;
        }

        return number;
    }

    private static TimeSpan Duration(string text, TimeSpan max, string path, List<string> found)
    {
        if (!GoDuration.TryParse(text, out var duration) || duration < TimeSpan.FromSeconds(1) || duration > max)
        {
            found.Add($"{path}: '{text}' is not a length of time between 1s and {GoDuration.Format(max)}");
        }

        return duration;
    }

    private static decimal? Number(string text)
    {
        try
        {
            return new ResourceQuantity(text).ToDecimal();
        }
        catch (Exception error) when (error is FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }
}
