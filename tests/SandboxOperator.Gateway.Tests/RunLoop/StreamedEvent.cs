using System.Text.Json.Nodes;

namespace SandboxOperator.Gateway.Tests.RunLoop;

/// <summary>One event of a stream; the data of <c>done</c> is null.</summary>
internal sealed record StreamedEvent(string Name, JsonObject? Data);
