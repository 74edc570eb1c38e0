namespace SandboxOperator.Gateway.Console.Text;

/// <summary>A piece of text and the CSS classes it is shown with; null for none.</summary>
/// <param name="Text">Plain text; whoever shows it escapes it.</param>
/// <param name="Class">Names of our style sheet only, never of the text's author.</param>
public readonly record struct Span(string Text, string? Class);
