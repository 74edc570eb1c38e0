using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace SandboxOperator.Sandboxes.Kubernetes;

/// <summary>Refuses settings that cannot work, naming each.</summary>
internal sealed partial class KubernetesSandboxOptionsValidator : IValidateOptions<KubernetesSandboxOptions>
{
    private static readonly TimeSpan LongestIdle = TimeSpan.FromDays(7);

    public ValidateOptionsResult Validate(string? name, KubernetesSandboxOptions options)
    {
        var problems = Problems(options).OfType<string>().ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string?> Problems(KubernetesSandboxOptions options)
    {
        yield return Between(nameof(options.Sessions), options.Sessions, 1, 100_000, "sessions");
        yield return Between(
            nameof(options.SessionsPerProject),
            options.SessionsPerProject ?? options.Sessions,
            1,
            100_000,
            "sessions"
        );
        yield return Between(
            nameof(options.IdleTimeout),
            options.IdleTimeout.TotalSeconds,
            1,
            LongestIdle.TotalSeconds,
            "seconds"
        );
        yield return Between(nameof(options.StartTimeout), options.StartTimeout.TotalSeconds, 1, 600, "seconds");
        yield return Between(nameof(options.PreparedStreams), options.PreparedStreams, 0, 1000, "streams");
        if (options.Namespace is { } space && !Label().IsMatch(space))
        {
            yield return Setting(nameof(options.Namespace), "is no name of a namespace");
        }

        if (!ObjectName().IsMatch(options.Runtime))
        {
            yield return Setting(nameof(options.Runtime), "is no name of a SandboxRuntime");
        }

        if (options.Config is { } config && !File.Exists(config))
        {
            yield return Setting(nameof(options.Config), $"names a file that is not there: {config}");
        }
    }

    private static string? Between(string name, double value, double least, double most, string unit) =>
        value >= least && value <= most ? null : Setting(name, $"must be {least} to {most} {unit}, not {value}");

    private static string Setting(string name, string problem) =>
        $"{KubernetesSandboxOptions.Section}:{name} {problem}.";

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\z", RegexOptions.ExplicitCapture, 1000)]
    internal static partial Regex ObjectName();
}
