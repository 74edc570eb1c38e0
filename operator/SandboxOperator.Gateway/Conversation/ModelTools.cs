using System.Text.Json.Nodes;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>The tools as the model sees them.</summary>
internal static class ModelTools
{
    /// <summary>The model's name of the code interpreter.</summary>
    public const string Python = "python";

    /// <summary>The API's name of the code interpreter.</summary>
    public const string CodeInterpreter = "code_interpreter";

    private static readonly string Description = Prompts.Read("python-tool.md");

    /// <summary>The code interpreter becomes a function, functions pass as they are.</summary>
    public static JsonArray Map(JsonArray tools)
    {
        var mapped = new JsonArray();
        foreach (var tool in tools.OfType<JsonObject>())
        {
            mapped.Add((string?)tool["type"] == CodeInterpreter ? PythonFunction() : tool.DeepClone());
        }
        return mapped;
    }

    private static JsonObject PythonFunction() =>
        new()
        {
            ["type"] = "function",
            ["function"] = new JsonObject
            {
                ["name"] = Python,
                ["description"] = Description,
                ["parameters"] = new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject
                    {
                        ["code"] = new JsonObject { ["type"] = "string", ["description"] = "Python source code." },
                    },
                    ["required"] = new JsonArray("code"),
                    ["additionalProperties"] = false,
                },
            },
        };
}
