namespace SandboxOperator.Gateway.Http;

/// <summary>A field of a form that is being read.</summary>
/// <param name="Name">Never empty.</param>
/// <param name="FileName">The file's name, or null.</param>
/// <param name="ContentType">As the form has it, or null.</param>
/// <param name="Content">To be read before the next field.</param>
internal sealed record FormField(string Name, string? FileName, string? ContentType, Stream Content);
