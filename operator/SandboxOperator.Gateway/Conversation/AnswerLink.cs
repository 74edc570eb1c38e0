namespace SandboxOperator.Gateway.Conversation;

/// <summary>A link to a file of the sandbox in the text of an answer.</summary>
/// <param name="Text">The link as it stands in the text, from <c>sandbox:</c> to its end.</param>
/// <param name="Path">The path below the working directory, percent-decoded.</param>
/// <param name="LiteralPath">The path as written, for files whose name holds a percent sign.</param>
/// <param name="Start">Index of its first character in the whole text, in Unicode code points.</param>
/// <param name="End">Index behind its last character, in Unicode code points.</param>
internal sealed record AnswerLink(string Text, string Path, string LiteralPath, int Start, int End);
