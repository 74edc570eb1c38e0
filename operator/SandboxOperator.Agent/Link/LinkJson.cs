using System.Text.Json;
using System.Text.Json.Serialization;

namespace SandboxOperator.Agent.Link;

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 8
)]
[JsonSerializable(typeof(LinkMessage))]
internal sealed partial class LinkJson : JsonSerializerContext;
