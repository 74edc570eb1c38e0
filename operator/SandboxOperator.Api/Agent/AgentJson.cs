using System.Text.Json;
using System.Text.Json.Serialization;

namespace SandboxOperator.Api.Agent;

/// <summary>JSON of the agent's API: snake_case names, nulls left out, unknown members ignored.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true
)]
[JsonSerializable(typeof(CallRequest))]
[JsonSerializable(typeof(CallEvent))]
[JsonSerializable(typeof(FileList))]
[JsonSerializable(typeof(AgentStatus))]
[JsonSerializable(typeof(AgentError))]
[JsonSerializable(typeof(CanaryReport))]
public sealed partial class AgentJson : JsonSerializerContext;
