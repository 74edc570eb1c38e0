using System.Text.Json;

namespace SandboxOperator.Gateway.Streaming;

/// <summary>The body of an <c>error</c> event: nested, because some clients cannot read the flat form.</summary>
internal static class StreamError
{
    public static void Write(Utf8JsonWriter writer, string message)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error");
        writer.WriteString("message", message);
        writer.WriteString("type", "server_error");
        writer.WriteNull("param");
        writer.WriteString("code", "server_error");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
