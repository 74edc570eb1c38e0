using SandboxOperator.Gateway.Assistants;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Messages;

/// <summary>The files that come with a message.</summary>
/// <param name="Path">The parameter's path.</param>
/// <param name="Json">JSON array, as answers show them.</param>
/// <param name="FileIds">Every file, with the path of its parameter.</param>
/// <param name="InterpreterFileIds">Those that the code interpreter finds from now on.</param>
internal sealed record AttachmentsDraft(
    string Path,
    string Json,
    IReadOnlyList<(string Id, string Path)> FileIds,
    IReadOnlyList<string> InterpreterFileIds
)
{
    /// <summary>Reads <c>attachments</c>; absent means none.</summary>
    public static AttachmentsDraft Read(JsonObjectReader reader)
    {
        const string name = "attachments";
        var files = new List<(string, string)>();
        var interpreter = new List<string>();
        var attachments = reader.Objects(name, maximum: 500) ?? [];
        var json = WireJson.Text(writer =>
        {
            writer.WriteStartArray();
            foreach (var attachment in attachments)
            {
                var id = attachment.RequiredString("file_id");
                files.Add((id, attachment.PathOf("file_id")));
                writer.WriteStartObject();
                writer.WriteString("file_id", id);
                writer.WriteStartArray("tools");
                foreach (var type in ReadTools(attachment))
                {
                    interpreter.Add(id);
                    writer.WriteStartObject();
                    writer.WriteString("type", type);
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
                writer.WriteEndObject();
                attachment.End();
            }
            writer.WriteEndArray();
        });
        return new AttachmentsDraft(reader.PathOf(name), json, files, interpreter);
    }

    private static List<string> ReadTools(JsonObjectReader attachment)
    {
        var types = new List<string>();
        foreach (var tool in attachment.Objects("tools", maximum: 2) ?? [])
        {
            var type = ToolsParameter.ReadType(tool);
            tool.End();
            types.Add(
                type == ToolsParameter.CodeInterpreter
                    ? type
                    : throw ApiErrors.NotOneOf(tool.PathOf("type"), type, [ToolsParameter.CodeInterpreter])
            );
        }
        return types;
    }
}
