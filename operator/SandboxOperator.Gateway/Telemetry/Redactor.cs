using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace SandboxOperator.Gateway.Telemetry;

/// <summary>Blots secrets out of texts. Texts are hostile: none is searched longer than it may be.</summary>
internal sealed class Redactor
{
    /// <summary>What stands where a secret was.</summary>
    public const string Blot = "[redacted]";

    private readonly Regex[] _patterns;
    private readonly TimeSpan _most;
    private readonly TimeProvider _time;
    private readonly CleanTexts _clean = new();
    private readonly CleanTexts _cleanJson = new();

    public Redactor(IOptions<RedactionOptions> options, TimeProvider time)
    {
        _time = time;
        _most = TimeSpan.FromMilliseconds(options.Value.TimeoutMilliseconds);
        _patterns =
        [
            .. (options.Value.Defaults ? RedactionPatterns.Known : [])
                .Concat(options.Value.Patterns)
                .Select(pattern => Compile(pattern, _most)),
        ];
    }

    /// <summary>A search whose texts share one time.</summary>
    public RedactorSearch Begin() => new(_patterns, _clean, _cleanJson, _most, _time);

    /// <inheritdoc cref="RedactorSearch.Apply"/>
    public string Apply(string text) => Begin().Apply(text);

    /// <inheritdoc cref="RedactorSearch.ApplyToJson"/>
    public string ApplyToJson(string text) => Begin().ApplyToJson(text);

    private static Regex Compile(string pattern, TimeSpan timeout)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, timeout);
        }
        catch (NotSupportedException)
        {
            // Looking around and back needs the other engine; the time-out bounds it.
            return new Regex(pattern, RegexOptions.CultureInvariant, timeout);
        }
    }
}
