using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Runs;

/// <summary>Reads <c>truncation_strategy</c>: how much of the thread the model reads.</summary>
internal static class TruncationParameter
{
    public const string Auto = """{"type":"auto","last_messages":null}""";
    private const string LastMessages = "last_messages";

    /// <summary>The JSON text that the store keeps; null when it was not given.</summary>
    public static string? Read(JsonObjectReader reader)
    {
        if (reader.Object("truncation_strategy") is not { } strategy)
        {
            return null;
        }

        var type = strategy.RequiredWord("type", "auto", LastMessages);
        var count = strategy.Integer(LastMessages, 1, int.MaxValue);
        strategy.End();
        if (type == LastMessages && count is null)
        {
            throw ApiErrors.Missing(strategy.PathOf(LastMessages));
        }

        return WireJson.Text(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("type", type);
            writer.WriteNumberOrNull(LastMessages, type == LastMessages ? count : null);
            writer.WriteEndObject();
        });
    }
}
