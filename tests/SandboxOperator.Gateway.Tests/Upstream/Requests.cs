using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.Tests.Upstream;

internal static class Requests
{
    public static ModelRequest Hello(TimeSpan? time = null) =>
        new(
            "scripted-model",
            new JsonObject
            {
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hello" }),
            },
            TimeProvider.System.GetUtcNow() + (time ?? TimeSpan.FromSeconds(30))
        );
}
