namespace SandboxOperator.Api.Agent;

/// <summary>A limit and how it is enforced.</summary>
/// <param name="Resource"><c>memory</c>, <c>cpu</c>, <c>processes</c>, <c>disk</c>, <c>output</c> or <c>time</c>.</param>
/// <param name="Limit">The limit with its unit, for example <c>1024 MiB</c>.</param>
/// <param name="EnforcedBy">In words, for example <c>init watch, RLIMIT_NPROC</c>.</param>
public sealed record LimitStatus(string Resource, string Limit, string EnforcedBy);
