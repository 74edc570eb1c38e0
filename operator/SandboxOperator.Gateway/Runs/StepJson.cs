using System.Text.Json;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Runs;

/// <summary>A run step as answers and events show it.</summary>
internal static class StepJson
{
    /// <summary>Writes the object; every documented key is there.</summary>
    public static void Write(Utf8JsonWriter writer, RunStepEntity step)
    {
        writer.WriteStartObject();
        writer.WriteString("id", step.Id);
        writer.WriteString("object", "thread.run.step");
        writer.WriteSeconds("created_at", step.CreatedAtMs);
        writer.WriteString("run_id", step.RunId);
        writer.WriteString("assistant_id", step.AssistantId);
        writer.WriteString("thread_id", step.ThreadId);
        writer.WriteString("type", step.Type);
        writer.WriteString("status", step.Status);
        writer.WriteSeconds("cancelled_at", step.CancelledAtMs);
        writer.WriteSeconds("completed_at", step.CompletedAtMs);
        writer.WriteNull("expires_at");
        writer.WriteSeconds("expired_at", step.ExpiredAtMs);
        writer.WriteSeconds("failed_at", step.FailedAtMs);
        RunJson.WriteError(writer, step.LastErrorCode, step.LastErrorMessage);
        writer.WriteRaw("step_details", step.Details);
        writer.WriteNull("metadata");
        writer.WriteRaw("usage", step.Usage);
        writer.WriteEndObject();
    }
}
