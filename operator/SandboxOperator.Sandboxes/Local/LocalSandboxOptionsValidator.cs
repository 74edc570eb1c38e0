using Microsoft.Extensions.Options;

namespace SandboxOperator.Sandboxes.Local;

/// <summary>Refuses settings that cannot work, naming each.</summary>
internal sealed class LocalSandboxOptionsValidator : IValidateOptions<LocalSandboxOptions>
{
    private static readonly TimeSpan LongestIdle = TimeSpan.FromDays(7);

    public ValidateOptionsResult Validate(string? name, LocalSandboxOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(LocalSandboxOptions options)
    {
        return new[]
        {
            Between(nameof(options.Warm), options.Warm, 0, 16, "sandboxes"),
            Between(nameof(options.MaxSandboxes), options.MaxSandboxes ?? 1, 1, 1000, "sandboxes"),
            Between(
                nameof(options.IdleTimeout),
                options.IdleTimeout.TotalSeconds,
                1,
                LongestIdle.TotalSeconds,
                "seconds"
            ),
            Between(nameof(options.StartTimeout), options.StartTimeout.TotalSeconds, 1, 600, "seconds"),
            Between(nameof(options.CallTimeout), options.CallTimeout.TotalSeconds, 1, 3600, "seconds"),
            Between(nameof(options.MemoryBytes), options.MemoryBytes, 256L << 20, 1L << 50, "bytes"),
            Between(nameof(options.Cpus), options.Cpus, 0.1, 1024, "cores"),
            Between(nameof(options.Processes), options.Processes, 16, 100_000, "processes"),
            Between(nameof(options.DiskBytes), options.DiskBytes, 16L << 20, 1L << 50, "bytes"),
            Between(nameof(options.Files), options.Files, 100, 100_000_000, "files"),
            Between(nameof(options.OutputBytes), options.OutputBytes, 4L << 10, 64L << 20, "bytes"),
            Between(
                nameof(options.SharedMemoryBytes),
                options.SharedMemoryBytes,
                1L << 20,
                options.MemoryBytes,
                "bytes"
            ),
            options.PythonPath.StartsWith("/usr/", StringComparison.Ordinal)
                ? null
                : Setting(
                    nameof(options.PythonPath),
                    "must be beneath /usr, which is all that sandboxes see of this machine"
                ),
            string.IsNullOrWhiteSpace(options.DataDirectory)
                ? Setting(nameof(options.DataDirectory), "is empty")
                : null,
        }.OfType<string>();
    }

    private static string? Between(string name, double value, double least, double most, string unit) =>
        value >= least && value <= most ? null : Setting(name, $"must be {least} to {most} {unit}, not {value}");

    private static string Setting(string name, string problem) => $"{LocalSandboxOptions.Section}:{name} {problem}.";
}
