using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Console.Playground;

/// <summary>What the playground's form sends.</summary>
/// <param name="AssistantId">Who is asked.</param>
/// <param name="ThreadId">In which conversation; null for a new one.</param>
/// <param name="Text">What is asked.</param>
/// <param name="FileIds">The files that come with it.</param>
internal sealed record PlaygroundQuestion(
    string AssistantId,
    string? ThreadId,
    string Text,
    IReadOnlyList<string> FileIds
)
{
    private const int MaxFiles = 20;
    private const int MaxChars = 256_000;

    /// <exception cref="ApiException">Something is missing or wrong.</exception>
    public static PlaygroundQuestion Read(JsonObjectReader reader)
    {
        var question = new PlaygroundQuestion(
            reader.RequiredString("assistant"),
            reader.String("thread"),
            reader.RequiredString("text", MaxChars),
            [.. (reader.Objects("files", MaxFiles) ?? []).Select(ReadFile)]
        );
        reader.End();
        return question;
    }

    private static string ReadFile(JsonObjectReader file)
    {
        var id = file.RequiredString("id");
        file.End();
        return id;
    }
}
