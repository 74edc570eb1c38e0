namespace SandboxOperator.Gateway.Conversation;

/// <summary>A file that the model is told of.</summary>
/// <param name="Path">Relative to the working directory.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="FileId">The uploaded file it came from, or null.</param>
internal sealed record SandboxPromptFile(string Path, long Bytes, string? FileId = null);
