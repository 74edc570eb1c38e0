using System.Text.Json;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Sessions.Listing;

/// <summary>A session as answers show it.</summary>
internal static class SandboxSessionJson
{
    public const string Object = "sandbox.session";

    public static void Write(Utf8JsonWriter writer, ListedSession session)
    {
        var info = session.Info;
        writer.WriteStartObject();
        writer.WriteString("id", session.Id);
        writer.WriteString("object", Object);
        writer.WriteSeconds("created_at", info.StartedAt.ToUnixTimeMilliseconds());
        writer.WriteSeconds("last_active_at", info.LastActivityAt.ToUnixTimeMilliseconds());
        writer.WriteSeconds("expires_at", info.ExpiresAt?.ToUnixTimeMilliseconds());
        writer.WriteString(
            "state",
            info.State switch
            {
                SessionState.Stopped => "stopped",
                SessionState.Failed => "failed",
                _ => "running",
            }
        );
        writer.WriteString("launch", info.Launch == SandboxLaunch.Warm ? "warm" : "cold");
        writer.WriteString("project", info.Key.Project);
        writer.WriteString("thread_id", info.Key.ThreadId.Length == 0 ? null : info.Key.ThreadId);
        writer.WriteStartArray("isolation");
        foreach (var isolation in info.Isolation)
        {
            writer.WriteStartObject();
            writer.WriteString("name", isolation.Name);
            writer.WritePropertyName("enforced");
            if (isolation.Enforced is { } enforced)
            {
                writer.WriteBooleanValue(enforced);
            }
            else
            {
                writer.WriteNullValue();
            }

            writer.WriteString("detail", isolation.Detail);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
