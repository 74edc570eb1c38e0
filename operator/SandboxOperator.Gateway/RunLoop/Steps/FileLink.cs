using System.Text.Json;

namespace SandboxOperator.Gateway.RunLoop.Steps;

/// <summary>A <c>file_path</c> annotation.</summary>
/// <param name="Text">The link as the text has it.</param>
/// <param name="Start">Where it starts, in code points.</param>
/// <param name="End">Behind its last code point.</param>
/// <param name="FileId">The file it leads to.</param>
internal sealed record FileLink(string Text, int Start, int End, string FileId)
{
    /// <summary>Writes the annotation; deltas number their elements.</summary>
    public void Write(Utf8JsonWriter writer, int? index)
    {
        writer.WriteStartObject();
        if (index is { } number)
        {
            writer.WriteNumber("index", number);
        }

        writer.WriteString("type", "file_path");
        writer.WriteString("text", Text);
        writer.WriteNumber("start_index", Start);
        writer.WriteNumber("end_index", End);
        writer.WriteStartObject("file_path");
        writer.WriteString("file_id", FileId);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
