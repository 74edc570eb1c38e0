using System.Text;
using System.Text.Json;

namespace SandboxOperator.Gateway.RunLoop.Steps;

/// <summary>One output of a code interpreter call: text, or the file of a picture.</summary>
internal sealed record PythonOutput(StringBuilder? Logs, string? ImageFileId)
{
    public void WriteMembers(Utf8JsonWriter writer)
    {
        if (ImageFileId is not null)
        {
            writer.WriteString("type", "image");
            writer.WriteStartObject("image");
            writer.WriteString("file_id", ImageFileId);
            writer.WriteEndObject();
            return;
        }

        writer.WriteString("type", "logs");
        writer.WriteString("logs", Logs!.ToString());
    }
}
