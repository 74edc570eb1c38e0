namespace SandboxOperator.Gateway.Conversation;

/// <summary>The texts that models read, from <c>Conversation/Prompts</c>.</summary>
internal static class Prompts
{
    /// <summary>A text by its file name, without the line end at its end.</summary>
    public static string Read(string name)
    {
        using var stream =
            typeof(Prompts).Assembly.GetManifestResourceStream($"Prompts/{name}")
            ?? throw new InvalidOperationException($"The prompt {name} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().TrimEnd();
    }
}
