using System.Text.Json;
using System.Text.Json.Nodes;

namespace SandboxOperator.Gateway.Tokens;

/// <summary>Counts the tokens of Chat Completions requests.</summary>
internal static class RequestTokens
{
    /// <summary>What a message costs beside its text.</summary>
    private const int PerMessage = 4;

    /// <summary>What a picture costs, whatever its size: the order of magnitude that vision models report.</summary>
    private const int PerPicture = 1000;

    /// <summary>Tokens of a whole request, uncorrected.</summary>
    public static long OfRequest(JsonObject body, ITokenCounter counter)
    {
        var sum = body["tools"] is JsonArray tools ? OfTools(tools, counter) : 0;
        if (body["messages"] is JsonArray messages)
        {
            sum += messages.OfType<JsonObject>().Sum(message => OfMessage(message, counter));
        }
        return sum;
    }

    /// <summary>Tokens of a message, uncorrected.</summary>
    public static long OfMessage(JsonObject message, ITokenCounter counter) =>
        PerMessage + message.Sum(property => OfNode(property.Value, counter));

    /// <summary>Tokens of the tools' declarations, uncorrected.</summary>
    public static long OfTools(JsonArray tools, ITokenCounter counter) =>
        tools.Sum(tool => (long)counter.Count(tool?.ToJsonString() ?? ""));

    private static long OfNode(JsonNode? node, ITokenCounter counter) =>
        node switch
        {
            JsonArray array => array.Sum(item => OfNode(item, counter)),
            JsonObject picture when picture.ContainsKey("image_url") => PerPicture,
            JsonObject value => value.Sum(property => OfNode(property.Value, counter)),
            JsonValue text when text.GetValueKind() == JsonValueKind.String => counter.Count(text.GetValue<string>()),
            _ => 0,
        };
}
