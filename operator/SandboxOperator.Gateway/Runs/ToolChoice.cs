using System.Text.Json;
using SandboxOperator.Gateway.Assistants;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Runs;

/// <summary>Which tools the model may, or has to, call.</summary>
/// <param name="Json">The JSON text that the store keeps.</param>
/// <param name="Type">The type of the tool that has to be called, or null.</param>
/// <param name="Function">The name of the function that has to be called, or null.</param>
internal sealed record ToolChoice(string Json, string? Type, string? Function)
{
    private const string Name = "tool_choice";

    public static ToolChoice Auto { get; } = new("\"auto\"", null, null);

    /// <summary>Reads <c>tool_choice</c>; absent means auto.</summary>
    public static ToolChoice Read(JsonObjectReader reader)
    {
        if (reader.Value(Name) is not { } value)
        {
            return Auto;
        }

        var path = reader.PathOf(Name);
        if (value.ValueKind == JsonValueKind.String)
        {
            return new ToolChoice($"\"{JsonKinds.Word(value, path, ["none", "auto", "required"])}\"", null, null);
        }

        var choice = new JsonObjectReader(value, path);
        var type = ToolsParameter.ReadType(choice);
        string? function = null;
        if (type == "function")
        {
            var named = choice.RequiredObject("function");
            function = named.RequiredString("name");
            named.End();
        }

        choice.End();
        return new ToolChoice(WireJson.Text(value), type, function);
    }

    /// <summary>Makes sure that the chosen tool is among a run's.</summary>
    /// <exception cref="ApiException">It is not.</exception>
    public void Check(string tools)
    {
        if (Type is null)
        {
            return;
        }

        using var document = JsonDocument.Parse(tools);
        var there = document
            .RootElement.EnumerateArray()
            .Any(tool =>
                tool.GetProperty("type").ValueEquals(Type)
                && (Function is null || tool.GetProperty("function").GetProperty("name").ValueEquals(Function))
            );
        if (!there)
        {
            throw ApiErrors.InvalidValue(
                Name,
                $"Invalid '{Name}': the tool '{ApiErrors.Shorten(Function ?? Type)}' is not among the tools of the run."
            );
        }
    }
}
