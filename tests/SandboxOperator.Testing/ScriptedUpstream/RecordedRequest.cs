using System.Text.Json.Nodes;

namespace SandboxOperator.Testing.ScriptedUpstream;

/// <summary>A request the scripted upstream got.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path with query.</param>
/// <param name="Headers">Headers, names in lower case.</param>
/// <param name="Body">The JSON body, or null.</param>
/// <param name="Problem">What is illegal about it, or null.</param>
public sealed record RecordedRequest(
    string Method,
    string Path,
    IReadOnlyDictionary<string, string> Headers,
    JsonNode? Body,
    string? Problem
);
