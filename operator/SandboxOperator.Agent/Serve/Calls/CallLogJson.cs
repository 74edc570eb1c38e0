using System.Text.Json;
using System.Text.Json.Serialization;

namespace SandboxOperator.Agent.Serve.Calls;

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(CallLogLine))]
internal sealed partial class CallLogJson : JsonSerializerContext;
