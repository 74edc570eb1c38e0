using System.Security.Cryptography;

namespace SandboxOperator.Gateway.Upstream;

/// <summary>Ids for tool calls that come without.</summary>
internal static class ToolCallIds
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>A new id of the form that OpenAI uses.</summary>
    public static string New() => "call_" + RandomNumberGenerator.GetString(Alphabet, 24);
}
