using System.Text.RegularExpressions;

namespace SandboxOperator.Gateway.Telemetry;

/// <summary>What is blotted out of content before it is exported. Section <c>Redaction</c>.</summary>
internal sealed class RedactionOptions
{
    public const string Section = "Redaction";

    /// <summary>Further regular expressions of .NET; whatever they match becomes <c>[redacted]</c>.</summary>
    public List<string> Patterns { get; set; } = [];

    /// <summary>Whether the patterns for well-known keys, tokens and passwords apply.</summary>
    public bool Defaults { get; set; } = true;

    /// <summary>
    /// Whether the patterns also apply to whatever text is stored: messages, code, outputs, file names. Code runs as the
    /// model wrote it; what is remembered of it, and what later runs read, is blotted.
    /// </summary>
    public bool Store { get; set; }

    /// <summary>
    /// The longest that a text, or all texts of one write to the store, may be searched; what is left then is blotted out
    /// as a whole.
    /// </summary>
    public int TimeoutMilliseconds { get; set; } = 1000;

    /// <summary>What is wrong with the patterns, or null.</summary>
    public string? Problem()
    {
        if (TimeoutMilliseconds is < 1 or > 60_000)
        {
            return "Redaction:TimeoutMilliseconds must be between 1 and 60000.";
        }

        foreach (var pattern in Patterns)
        {
            try
            {
                _ = new Regex(pattern, RegexOptions.None, TimeSpan.FromSeconds(1));
            }
            catch (ArgumentException exception)
            {
                return $"Redaction:Patterns has one that is no regular expression: {exception.Message}";
            }
        }

        return null;
    }
}
