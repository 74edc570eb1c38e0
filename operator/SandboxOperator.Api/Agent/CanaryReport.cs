using System.Text.Json.Serialization;

namespace SandboxOperator.Api.Agent;

/// <summary>
/// What <c>sandbox-agent canary</c> writes as one line of JSON, which becomes the termination message of its container:
/// whether an unfiltered process of the pod could reach an address that unrestricted pods reach.
/// </summary>
/// <param name="NetworkPolicy">One of <see cref="NetworkPolicyVerdicts"/>.</param>
/// <param name="Detail">What was tried and seen, for people.</param>
public sealed record CanaryReport([property: JsonPropertyName("networkPolicy")] string NetworkPolicy, string Detail);
