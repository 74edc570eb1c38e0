using System.Text.Json;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Console.Playground;

/// <summary>Writes what the playground does as requests of the API, so that they are checked as those are.</summary>
internal static class PlaygroundRequests
{
    /// <summary>An assistant with the code interpreter.</summary>
    public static string Assistant(string name, string model, string instructions) =>
        WireJson.Text(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("model", model);
            if (name.Length > 0)
            {
                writer.WriteString("name", name);
            }

            writer.WriteString("instructions", instructions);
            WriteTools(writer);
            writer.WriteEndObject();
        });

    /// <summary>A run of a question, with a thread of its own when there is none.</summary>
    public static string Run(PlaygroundQuestion question) =>
        WireJson.Text(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("assistant_id", question.AssistantId);
            if (question.ThreadId is null)
            {
                writer.WriteStartObject("thread");
                WriteMessages(writer, "messages", question);
                writer.WriteEndObject();
            }
            else
            {
                WriteMessages(writer, "additional_messages", question);
            }

            writer.WriteEndObject();
        });

    private static void WriteMessages(Utf8JsonWriter writer, string name, PlaygroundQuestion question)
    {
        writer.WriteStartArray(name);
        writer.WriteStartObject();
        writer.WriteString("role", "user");
        writer.WriteString("content", question.Text);
        writer.WriteStartArray("attachments");
        foreach (var id in question.FileIds)
        {
            writer.WriteStartObject();
            writer.WriteString("file_id", id);
            WriteTools(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteTools(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("tools");
        writer.WriteStartObject();
        writer.WriteString("type", "code_interpreter");
        writer.WriteEndObject();
        writer.WriteEndArray();
    }
}
