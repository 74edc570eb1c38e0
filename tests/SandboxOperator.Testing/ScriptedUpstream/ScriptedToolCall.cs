using System.Text.Json;
using System.Text.Json.Nodes;

namespace SandboxOperator.Testing.ScriptedUpstream;

/// <summary>A tool call of a scripted turn: either <see cref="Python"/>, or a function's name and arguments.</summary>
public sealed record ScriptedToolCall
{
    /// <summary>Python source; becomes a call of the function <c>python</c> with the argument <c>code</c>.</summary>
    public string? Python { get; init; }

    /// <summary>The function's name when <see cref="Python"/> is null.</summary>
    public string? Name { get; init; }

    /// <summary>The arguments: an object becomes JSON text, a string is sent as it is, malformed or not.</summary>
    public JsonNode? Arguments { get; init; }

    /// <summary>The call's id; made up when null.</summary>
    public string? Id { get; init; }

    /// <summary>The name as it is sent.</summary>
    public string FunctionName => Name ?? "python";

    /// <summary>The arguments as they are sent, after templates.</summary>
    public string ArgumentText(Func<string, string> expand)
    {
        ArgumentNullException.ThrowIfNull(expand);
        if (Python is not null)
        {
            return new JsonObject { ["code"] = expand(Python) }.ToJsonString();
        }
        return Arguments switch
        {
            null => "{}",
            JsonValue value when value.GetValueKind() == JsonValueKind.String => expand(value.GetValue<string>()),
            _ => Arguments.ToJsonString(),
        };
    }
}
