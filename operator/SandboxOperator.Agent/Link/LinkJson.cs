using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

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
internal sealed partial class LinkJson : JsonSerializerContext
{
    public static JsonTypeInfo<LinkMessage> Message => Relaxed.Context.LinkMessage!;

    // A class of its own, because the order in which a partial class initializes its static fields is not defined.
    private static class Relaxed
    {
        // Text is not ASCII for half of the world: written as it is, not as \uXXXX.
        public static readonly LinkJson Context = new(
            new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
    }
}
