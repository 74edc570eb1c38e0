namespace SandboxOperator.Gateway.Conversation;

/// <summary>A picture of a user message.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="DataUri">The picture itself, or null when it is not sent.</param>
/// <param name="WhyNot">Why it is not sent, in words, when <paramref name="DataUri"/> is null.</param>
internal sealed record Picture(string Name, long Bytes, string? DataUri, string? WhyNot = null);
