using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Conversation;

namespace SandboxOperator.Gateway.Tests.Conversation;

/// <summary>Short ways to write histories.</summary>
internal static class History
{
    public static ClientMessage User(string text, params string[] attached) =>
        new(
            "user",
            [Text(text)],
            new JsonArray([.. attached.Select(id => (JsonNode)new JsonObject { ["file_id"] = id })])
        );

    public static ClientMessage Assistant(string text) => new("assistant", [Text(text)], []);

    public static RunTurn Says(string run, string text) =>
        new(
            run,
            new JsonObject { ["role"] = "assistant", ["content"] = text },
            new Dictionary<string, string>(StringComparer.Ordinal)
        );

    public static RunTurn Calls(string run, string? text, params (string Id, string? Result)[] calls) =>
        new(
            run,
            new JsonObject
            {
                ["role"] = "assistant",
                ["content"] = text,
                ["x_unknown"] = "kept",
                ["tool_calls"] = new JsonArray([.. calls.Select(call => (JsonNode)Call(call.Id))]),
            },
            calls
                .Where(call => call.Result is not null)
                .ToDictionary(call => call.Id, call => call.Result!, StringComparer.Ordinal)
        );

    public static JsonObject Text(string text) =>
        new()
        {
            ["type"] = "text",
            ["text"] = new JsonObject { ["value"] = text, ["annotations"] = new JsonArray() },
        };

    private static JsonObject Call(string id) =>
        new()
        {
            ["id"] = id,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = "python", ["arguments"] = """{"code":"1"}""" },
        };
}
